#!/bin/sh
# A tour of aryl over 488 well-known drugs: check, fingerprint, describe, search. Needs nothing but what `make` built.
set -eu
cd "$(dirname "$0")/.."
aryl=${BUILD:-build}/aryl
out=${BUILD:-build}/demo
drugs=examples/data/drugs.smi
mkdir -p "$out"

say() { printf '\n\033[1m%s\033[0m\n' "$1" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
show() { printf '  $ %s\n' "$*"; }
table() { sed 's/^/    /' | { command -v column >/dev/null 2>&1 && column -t -s "$(printf '\t')" || cat; }; }

"$aryl" --version

say '1. Are all molecules fine? And what does it say when one is not?'
show aryl check drugs.smi
"$aryl" check "$drugs" 2>&1 >/dev/null | sed 's/^/    /'
printf 'CC(=O)Oc1ccccc1C(=O)O\taspirin\nCC(=O)Oc1ccccc1C(=O\tunfinished\nCC(C)(C)(C)C\tfive bonds\nc1cccc1\tnot aromatic\n' > "$out/bad.smi"
show aryl check bad.smi
"$aryl" check -q "$out/bad.smi" | cut -f 1,2,3,5 | table || true

say '2. Fingerprints, identical to those of RDKit 2026.09.1, as a file that chemfp and RDKit read'
show 'aryl fp -s "ecfp radius=2 bits=2048" drugs.smi -o drugs.fps'
"$aryl" fp -s 'ecfp radius=2 bits=2048' "$drugs" -o "$out/drugs.fps" 2>&1 | sed 's/^/    /'
head -n 4 "$out/drugs.fps" | cut -c 1-110 | sed 's/^/    /'

say '3. Descriptors'
show 'aryl desc -n "MolWt TPSA FractionCSP3 RingCount" drugs.smi -o drugs.tsv'
"$aryl" desc -q -n 'MolWt TPSA FractionCSP3 RingCount' "$drugs" -o "$out/drugs.tsv"
{ head -n 1 "$out/drugs.tsv"; grep -E '^(aspirin|caffeine|diazepam|imatinib|morphine|testosterone)	' "$out/drugs.tsv"; } |
    awk -F '\t' -v OFS='\t' 'NR > 1 { for (i = 2; i <= NF; i++) $i = sprintf("%.4g", $i) } 1' | table

say '4. What is like diazepam, morphine and sildenafil?'
grep -E '	(diazepam|morphine|sildenafil)$' "$drugs" > "$out/queries.smi"
show aryl search queries.smi drugs.fps -k 5
"$aryl" search -q "$out/queries.smi" "$out/drugs.fps" -k 5 |
    awk -F '\t' -v OFS='\t' 'NR > 1 { $3 = sprintf("%.3f", $3) } 1' | table

say '5. A collection that grows, which need not be looked through'
rm -rf "$out/drugs.index"
show aryl index build drugs.smi drugs.index
"$aryl" index build -q "$drugs" "$out/drugs.index"
show aryl nearest drugs.index --threshold 0.75
"$aryl" nearest -q "$out/drugs.index" --threshold 0.75 | awk -F '\t' -v OFS='\t' 'NR > 1 { $3 = sprintf("%.3f", $3) } 1' | table
show aryl index rm drugs.index diazepam
"$aryl" index rm "$out/drugs.index" diazepam 2>&1 | sed 's/^/    /'
show aryl search queries.smi drugs.index -k 2
"$aryl" search -q "$out/queries.smi" "$out/drugs.index" -k 2 |
    awk -F '\t' -v OFS='\t' 'NR > 1 { $3 = sprintf("%.3f", $3) } 1' | table

say 'Where to go next'
cat <<EOF
    $aryl --help                  the commands; $aryl list shows every fingerprint and descriptor
    $aryl fp YOUR.smi -o rows.npy your own molecules: .smi, .csv, .tsv, .sdf, from a file or a pipe
    examples/*.c                  the same from C: a molecule, fingerprints, descriptors, a column, a search
    docs/                         specs, the command line, the C interface; what each number means
    The files of this tour are in $out.
EOF
