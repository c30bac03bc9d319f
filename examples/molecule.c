/* molecule.c - reads a molecule and looks at its atoms, bonds and rings; a bad one says where it is bad. */
#include <aryl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int show(const char *smiles)
{
    aryl_error err;
    aryl_mol *mol;
    if (aryl_mol_parse(smiles, (int64_t)strlen(smiles), "smiles", &mol, &err) != ARYL_OK) {
        printf("%s: %s at byte %" PRId64 ": %s\n", smiles, aryl_status_name(err.code), err.offset, err.message);
        return 0;
    }
    int32_t n_atoms = aryl_mol_n_atoms(mol), n_bonds = aryl_mol_n_bonds(mol), n_rings = aryl_mol_n_rings(mol);
    int32_t *number = malloc((size_t)n_atoms * sizeof *number), *hydrogens = malloc((size_t)n_atoms * sizeof *hydrogens);
    int32_t *aromatic = malloc((size_t)n_atoms * sizeof *aromatic);
    if (!number || !hydrogens || !aromatic) return 1;
    if (aryl_mol_atoms(mol, ARYL_ATOM_NUMBER, number, n_atoms) || aryl_mol_atoms(mol, ARYL_ATOM_HYDROGENS, hydrogens, n_atoms) ||
        aryl_mol_atoms(mol, ARYL_ATOM_AROMATIC, aromatic, n_atoms))
        return 1;

    printf("%s: %d atoms, %d bonds, %d rings\n", smiles, n_atoms, n_bonds, n_rings);
    for (int32_t a = 0; a < n_atoms; a++)
        printf("  %d %s%s, %d H\n", a, aryl_element_symbol(number[a]), aromatic[a] ? " aromatic" : "", hydrogens[a]);

    free(number);
    free(hydrogens);
    free(aromatic);
    aryl_mol_free(mol);
    return 0;
}

int main(void) { return show("Cc1ccncc1") || show("CC(C)(C)(C)C") || show("c1ccccc"); }
