# bash completion for gibbs
_gibbs() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  # bash splits --alpha=1 into three words.
  if [[ $current == '=' ]]; then current=; elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'map loss sample thermo mbar --help --version' -- "$current")
    return
  fi
  local words= options=
  case ${COMP_WORDS[1]} in
    map)
      options='--alpha --budget --caps --columns --degeneracy --dtype --family --floors --header
        --help --help-family --k --keep --log --missing --output --quiet --sink --sparse --summary
        --t --temperature --threads --weights --with'
      ;;
    loss)
      options='--alpha --columns --header --help --json --label --missing --quiet --temperature
        --threads'
      ;;
    sample)
      options='--alpha --columns --draws --epsilon --eta --gumbel --header --help --histogram --keep
        --min-p --missing --output --p-less --preset --quiet --relaxed --seed --self-test --stream
        --tau --temperature --threads --top-h --top-k --top-n-sigma --top-p --typical
        --without-replacement --xtc'
      ;;
    thermo)
      options='--boltzmann --constants --cut --degeneracy --digits --energy --growth --header --help
        --log-degeneracy --mean-energy --model --occupations --output --plot --populations --quantity
        --temperature --threads --unit --whole'
      ;;
    mbar)
      options='--bootstrap --help --json --overlap --rows --samples --seed --threads --tolerance'
      ;;
    *) return ;;
  esac
  case ${COMP_WORDS[1]}$previous in
    thermo--degeneracy | thermo--temperature | thermo-t) return ;;
  esac
  case $previous in
    --rows) words='auto states samples' ;;
    --alpha) words='1 1.5 2 inf' ;;
    --family)
      words='entmax capped budget fermi box normmax topk tempered sink reverse-kl chi-square
        hellinger jensen-shannon'
      ;;
    --temperature) words='0.5 1 2 inf' ;;
    --header) words='auto yes no' ;;
    --missing) words='mask error' ;;
    --dtype) words='float64 float32 float16 bfloat16' ;;
    --summary) words='text json' ;;
    --preset) words='llama-cpp hugging-face' ;;
    --unit) words='reduced J eV cm-1 K kJ/mol kcal/mol hartree' ;;
    --quantity)
      words='populations log_partition mean_energy free_energy entropy heat_capacity'
      ;;
    --model)
      words='two-level:gap= oscillator:quantum= rotor:theta= box:unit= ising-chain:spins=
        ising-square:length= hydrogen:rydberg='
      ;;
    --with)
      # A list: what stands before the last comma stays.
      local head=
      [[ $current == *,* ]] && head=${current%,*},
      mapfile -t COMPREPLY < <(compgen -P "$head" \
        -W 'log_partition entropy support threshold value multiplier sink_probability' \
        -- "${current##*,}")
      return
      ;;
    --boltzmann | --cut | --digits | --energy | --growth | --mean-energy | --occupations | --plot) return ;;
    --budget | --columns | --k | --keep | --label | --sink | --t | --threads) return ;;
    -n | --draws | --epsilon | --eta | --min-p | --seed | --stream | --tau | --top-* | --typical | --xtc)
      return
      ;;
    --samples | --bootstrap | --tolerance) return ;;
    -o | --output | --caps | --degeneracy | --floors | --weights) ;;
    *)
      if [[ $current == -* ]]; then words=$options; fi
      ;;
  esac
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -d -S / -- "$current"
      for ending in csv tsv npy; do compgen -f -X "!*.$ending" -- "$current"; done)
  fi
}
complete -o nospace -o filenames -F _gibbs gibbs 2> /dev/null
