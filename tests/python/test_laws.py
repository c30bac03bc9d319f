"""Laws on molecules written in many ways, and against the reference where it is installed."""
import numpy as np
import pytest
from conftest import table

import aryl

RENUMBERED = table("renumbered.tsv")
# Floats are sums in the order of the atoms.
FLOAT = dict(rtol=1e-9, atol=1e-9)


def test_renumbering_changes_no_fingerprint_and_no_integer():
    known = aryl.descriptor_info()
    spec = "ecfp radius=3; ecfp radius=2 out=sparse as=s; desc all rules qed_parts"
    flat = [text for row in RENUMBERED for text in row]
    result = aryl.run(flat, spec)
    assert result.ok.all()
    at = 0
    for row in RENUMBERED:
        for i in range(at + 1, at + len(row)):
            assert (result["ecfp"][i] == result["ecfp"][at]).all(), flat[i]
            assert result["s"].row(i) == result["s"].row(at), flat[i]
            for name, info in known.items():
                a, b = result[name][i], result[name][at]
                if info.integer:
                    assert a == b or (np.isnan(a) and np.isnan(b)), (name, flat[i])
                else:
                    np.testing.assert_allclose(a, b, **FLOAT, err_msg=f"{name} {flat[i]}")
        at += len(row)


def test_the_registry_describes_itself():
    kinds = aryl.kinds()
    assert "ecfp" in kinds and kinds["ecfp"].alias == "morgan"
    for kind in kinds.values():
        assert kind.summary and kind.source
        for param in kind.params:
            assert param.help and (param.type == "list" or param.least <= param.default <= param.most)
        assert aryl.plan(kind.name).outputs[0].form == "bits"
    names = aryl.descriptor_names()
    assert len(set(names)) == len(names) and "MolWt" in names
    assert [output.label for output in aryl.plan("desc all").outputs] == names and len(names) == 217
    groups = aryl.descriptor_groups()
    assert {"lipinski", "vsa", "fragments", "topology", "electronic", "rules"} < set(groups)
    for group in groups.values():
        members = aryl.descriptor_names(group.name)
        assert group.summary and len(members) == group.n_values
        assert list(aryl.descriptors(["CCO"], group.name)) == members
    assert set(aryl.descriptor_info()) == {name for group in groups for name in aryl.descriptor_names(group)}
    with pytest.raises(ValueError, match="topology"):
        aryl.descriptor_names("nothing")


def test_canonical_specs_are_fixed_points():
    for spec in ("ecfp", "morgan radius=3", "ecfp bits=1000 out=counts as=x; desc TPSA MolWt"):
        canonical = aryl.plan(spec).canonical
        assert aryl.plan(canonical).canonical == canonical


def test_the_reference_itself_agrees(smiles):
    pytest.importorskip("rdkit", reason="rdkit is not installed; checked-in values were compared instead")
    from rdkit import Chem, DataStructs
    from rdkit.Chem import rdFingerprintGenerator
    for radius, bits in ((0, 1024), (2, 1000), (4, 4096)):
        generator = rdFingerprintGenerator.GetMorganGenerator(radius=radius, fpSize=bits)
        rows = aryl.ecfp(smiles, radius=radius, bits=bits)
        for text, row in zip(smiles, rows):
            fp = generator.GetFingerprint(Chem.MolFromSmiles(text))
            assert DataStructs.BitVectToBinaryText(fp) == row.tobytes(), text
