# bash completion for gibbs
_gibbs() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  # bash splits --alpha=1 into three words.
  if [[ $current == '=' ]]; then current=; elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'map loss --help --version' -- "$current")
    return
  fi
  local words= options=
  case ${COMP_WORDS[1]} in
    map)
      options='--alpha --columns --degeneracy --dtype --header --help --keep --log --missing
        --output --quiet --sparse --summary --temperature --threads --with'
      ;;
    loss)
      options='--alpha --columns --header --help --json --label --missing --quiet --temperature
        --threads'
      ;;
    *) return ;;
  esac
  case $previous in
    --alpha) words='1 1.5 2 inf' ;;
    --temperature) words='0.5 1 2 inf' ;;
    --header) words='auto yes no' ;;
    --missing) words='mask error' ;;
    --dtype) words='float64 float32 float16 bfloat16' ;;
    --summary) words='text json' ;;
    --with)
      # A list: what stands before the last comma stays.
      local head=
      [[ $current == *,* ]] && head=${current%,*},
      mapfile -t COMPREPLY < <(compgen -P "$head" \
        -W 'log_partition entropy support threshold' -- "${current##*,}")
      return
      ;;
    --columns | --keep | --label | --threads) return ;;
    -o | --output | --degeneracy) ;;
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
