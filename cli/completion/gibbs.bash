# bash completion for gibbs
_gibbs() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  # bash splits --alpha=1 into three words.
  if [[ $current == '=' ]]; then current=; elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'map --help --version' -- "$current")
    return
  fi
  [[ ${COMP_WORDS[1]} == map ]] || return
  local words=
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
    --columns | --keep | --threads) return ;;
    -o | --output | --degeneracy) ;;
    *)
      if [[ $current == -* ]]; then
        words='--alpha --columns --degeneracy --dtype --header --help --keep --log --missing
          --output --quiet --sparse --summary --temperature --threads --with'
      fi
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
