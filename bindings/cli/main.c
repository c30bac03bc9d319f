// main.c - the command `aryl`.
#include "cli.h"

const command commands[] = {
    {"fp", "[options] [FILE]", "Fingerprints of the molecules of a file, or of stdin.",
     "Examples:\n"
     "  aryl fp drugs.smi -o drugs.fps\n"
     "  aryl fp -s \"ecfp radius=3 bits=1024\" table.csv --column SMILES -o rows.npy\n"
     "  gzip -dc big.sdf.gz | aryl fp -f sdf --errors bad.tsv > big.fps\n\n"
     "FPS leaves failing rows out; tables keep them with empty cells, arrays with zeros or nan.", cmd_fp},
    {"desc", "[options] [FILE]", "Descriptors of the molecules of a file, or of stdin.",
     "Examples:\n"
     "  aryl desc drugs.smi -n \"MolWt TPSA RingCount\"\n"
     "  aryl desc drugs.smi -n \"lipinski vsa\"\n"
     "  aryl desc drugs.sdf -o all.csv", cmd_desc},
    {"search", "[options] QUERIES TARGETS", "Nearest neighbours of each query among the rows of an index or FPS file.",
     "QUERIES is an FPS file, or a molecule file whose fingerprints are made as the targets say.\n"
     "TARGETS is an FPS file, which is looked through, or an index (see aryl index), which is not.\n\n"
     "Examples:\n"
     "  aryl search query.smi drugs.fps -k 5\n"
     "  aryl search query.fps drugs.fps --threshold 0.7", cmd_search},
    {"index", "build|add|rm|info|compact ...", "Indexes: files and folders of fingerprints that answer searches at once.",
     "  aryl index build [options] FILE INDEX     FILE: molecules, .fps, or .npy of packed rows\n"
     "  aryl index add [options] INDEX FILE       appends; --replace: rows of the same ids go\n"
     "  aryl index rm [options] INDEX ID ...      deletes; --ids FILE: those of a file, one a line\n"
     "  aryl index compact INDEX                  one segment, without what was deleted\n"
     "  aryl index info INDEX                     what it holds; --verify checks every byte\n\n"
     "INDEX is a folder that can grow, or a file that cannot if its name ends in .fpb (FPB, which RDKit reads too).\n\n"
     "Example:\n"
     "  aryl index build drugs.smi drugs.index\n"
     "  aryl search query.smi drugs.index -k 5", cmd_index},
    {"nearest", "[options] INDEX [OTHER]", "Neighbours of every row of an index, in itself or another: the best, or all pairs above a threshold.",
     "With --threshold alone each pair is shown once; with -k the k best of every row.\n\n"
     "Examples:\n"
     "  aryl nearest drugs.index --threshold 0.7\n"
     "  aryl nearest drugs.index -k 10\n"
     "  aryl nearest drugs.index library.fpb --threshold 0.7", cmd_nearest},
    {"cluster", "[options] INDEX", "Clusters of the rows of an index.",
     "One line for each row: its id, the number of its cluster, the id of the cluster's centre.\n\n"
     "Example:\n"
     "  aryl cluster drugs.index --threshold 0.65", cmd_cluster},
    {"pick", "[options] INDEX [ID ...]", "Rows of an index that are unlike each other (MaxMin).",
     "Ids are picks that are there already.\n\n"
     "Example:\n"
     "  aryl pick drugs.index -n 20", cmd_pick},
    {"match", "[options] PATTERN [FILE]", "Rows in which a SMARTS pattern fits.",
     "Shows the SMILES and id of each; of molfiles the id.\n\n"
     "Examples:\n"
     "  aryl match \"C(=O)[OX2H1]\" drugs.smi\n"
     "  aryl match --count c1ccncc1 drugs.smi", cmd_match},
    {"check", "[options] [FILE]", "Which rows of a file fail, where and why.",
     "One line for each failing row: its line (SDF: record), id, byte offset in the row, status, message, text.\n"
     "Exits with 1 when a row fails.", cmd_check},
    {"explain", "[options] SMILES [SPEC]", "Which atoms and bonds set which bits, or what each atom adds to a number.",
     "One line for each feature: its bit, its id, centre and radius where the kind has them, atoms by symbol and\n"
     "number (from 0, as written), bonds by their atoms.\n\n"
     "With --desc one line for each atom; \"rest\" is what belongs to none, such as hydrogens that are none.\n\n"
     "Examples:\n"
     "  aryl explain \"CC(=O)Oc1ccccc1C(=O)O\" \"ecfp radius=2\" --bit 1057\n"
     "  aryl explain \"CC(=O)Oc1ccccc1C(=O)O\" --desc \"MolLogP TPSA\"", cmd_explain},
    {"list", "[fp | desc]", "Kinds of fingerprints with their parameters; descriptors, groups and contributions.", NULL, cmd_list},
    {0},
};

const command *command_named(const char *name)
{
    for (const command *c = commands; c->name; c++)
        if (!strcmp(c->name, name)) return c;
    return NULL;
}

static void help(FILE *f)
{
    fputs("usage: aryl COMMAND [options] [FILE]\n\nRDKit's molecule features, bit for bit, from a small C library.\n\n", f);
    for (const command *c = commands; c->name; c++) fprintf(f, "  %-8s %s\n", c->name, c->summary);
    fputs("\naryl COMMAND --help says more. aryl --version tells what was built.\n"
          "Exit status: 0 done, 1 rows failed (check, --strict), 2 wrong usage, 3 could not read or write.\n", f);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        help(stdout);
        return DONE;
    }
    if (!strcmp(argv[1], "--version")) {
        printf("aryl %s, answers of %s, %s kernels, threads: %s"
#ifdef HAVE_ZLIB
               ", gzip"
#endif
               "\n", aryl_version(), ARYL_REFERENCE, aryl_simd_name(), aryl_threads_name());
        return DONE;
    }
    const command *c = command_named(argv[1]);
    if (c) return c->run(argc - 1, argv + 1);
    return complain(USAGE, "no command '%s'; see aryl --help", argv[1]);
}
