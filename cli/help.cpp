#include "help.hpp"

namespace gibbs::cli {

const char* const kHelp = R"(gibbs: scores to probabilities

usage: gibbs COMMAND [OPTIONS]

commands:
  map    a table of scores in, probabilities out: softmax, entmax, sparsemax
  loss   scores against labels: loss, accuracy, what a sparse map keeps

examples:
  gibbs map scores.csv                  softmax of every row, to look at
  gibbs map scores.csv -o p.csv         the same, into a file
  gibbs map scores.npy --alpha 1.5 --temperature 0.7 -o p.npy
  gibbs loss scores.csv --label label   how good the scores are

options:
  -h, --help    this text; `gibbs map --help` lists the options of map
  --version     the version and the SIMD target in use

GIBBS_NUM_THREADS in the environment bounds the number of threads.
Exit status: 0 done, 1 bad data, 2 bad request.
)";

const char* const kMapHelp =
    R"(usage: gibbs map [INPUT] [-o OUTPUT] [OPTIONS]: rows of scores to probabilities
  gibbs map scores.csv --keep label                              look at it
  gibbs map scores.npy --alpha 1.5 --temperature 0.7 -o p.npy    write it
  gibbs map - --alpha 2 --sparse < scores.csv > triples.csv      pipe it
INPUT                .csv, .tsv, .npy; - or nothing: CSV on standard input
  --columns A,B      score columns, by name or number from 1 (all but the kept)
  --keep A,B         columns to copy through
  --header WHEN      is the first row of CSV a header: yes, no, auto
  --missing mask     an empty cell leaves its state out (else it is an error)
  --alpha A          1 softmax (default), 1.5 entmax, 2 sparsemax, inf argmax
  --family F         another map: capped, budget, topk, ...; see --help-family
  --temperature T    from 0 to inf, in units of the scores (1)
  --degeneracy FILE  a weight g >= 0 for each score column
  --log              log-probabilities
-o, --output OUTPUT  .csv, .tsv, .npy; - is CSV on standard output
  --with W,W         more columns: log_partition, entropy, support, threshold
  --sparse           only what is above 0: row,column,value, counted from 0
  --dtype D          float64, float32, float16, bfloat16 (else as input)
  --summary [json]   sizes, mean entropy, mean support, a picture of first rows
  --threads N        at most N threads
  --quiet            no progress bar
Exit status: 0 done, 1 bad data, 2 bad request. More: man gibbs-map
)";

const char* const kFamilyHelp = R"(usage: gibbs map [INPUT] [-o OUTPUT] --family FAMILY [OPTIONS]
Maps beside entmax; all other options are those of `gibbs map --help`.
  gibbs map scores.csv --family budget --budget 3 --with multiplier
  gibbs map scores.csv --family capped --caps caps.csv --alpha 2 -o p.csv
capped      softmax (--alpha 2: sparsemax) with p <= --caps, and p >= --floors
budget      a subset of --budget states, sparse: 0 <= p <= 1, sum p = budget
fermi       the same by entropy, Fermi-Dirac: p = g / (1 + exp((tau - x) / T))
box         sparse, p from --floors to --caps, sum --weights p = --budget (1)
normmax     the sparse map of the norm of index --alpha, above 1 (2)
topk        entmax of the --k highest scores, at --alpha (1)
tempered    softmax with the exponential exp_t, --t below 2: entmax at 2 - t
sink        softmax beside a state of score --sink (0) that is not written
reverse-kl, chi-square, hellinger, jensen-shannon
            softmax with this divergence from g in place of Kullback-Leibler's
  --budget K  --k K  --t T  --sink S           numbers
  --caps FILE  --floors FILE  --weights FILE   one number for each score column
  --with: value and multiplier (its derivative in the budget), support; normmax
  value, support, threshold; sink log_partition, sink_probability; topk and
  tempered as without --family. --degeneracy: for all but normmax
Exit status: 0 done, 1 bad data, 2 bad request. More: man gibbs-map
)";

const char* const kLossHelp = R"(usage: gibbs loss [INPUT] --label COLUMN [OPTIONS]
How scores fare against labels: one line for each alpha.
  gibbs loss scores.csv --label label
  gibbs loss scores.csv --label label --alpha 1,2 --temperature 0.7 --json
INPUT              .csv, .tsv; - or nothing: CSV on standard input
  --label COLUMN   the column of the labels, by name or number from 1; a label
                   is the name of a score column, or its number counted from 0
  --columns A,B    score columns, by name or number from 1 (all but the label)
  --header WHEN    is the first row of CSV a header: yes, no, auto
  --missing mask   an empty cell leaves its state out (else it is an error)
  --alpha A,B      1 softmax, 1.5 entmax, 2 sparsemax, inf argmax (1,1.5,2)
  --temperature T  from 0 to inf, in units of the scores (1)
  --json           for programs
  --threads N      at most N threads
  --quiet          no progress bar
mean loss: the loss that the map is trained by. perplexity: exp of the mean of
-log p, at alpha 1. top 5: the label is among the five highest scores. support:
how many classes have p > 0. coverage: how often the label is one of them.
Exit status: 0 done, 1 bad data, 2 bad request. More: man gibbs-loss
)";

}  // namespace gibbs::cli
