/**
 * What `wcn completion SHELL` prints. Each script hands the words on the line to `wcn complete --` and shows the answer
 * (completion/view). No word is evaluated, neither one that was typed nor one that was answered.
 *
 * No answer is given where wcn is missing or broken: then files are offered, as for any command.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * For bash 3.2 and newer. It splits words at `=` and `:` too, and completes only what follows the last of them: what
 * has no space in between is put together again, and of the answers only that last part is used. Redirections are no
 * words for wcn. Summaries are shown where a list is asked for (a second tab): bash has no place of its own for them.
 */
const BASH = `# bash completion for wcn
_wcn() {
  local rest=$COMP_LINE skip='' directive='' i word own trimmed line value
  local words values shown
  words=() values=() shown=() COMPREPLY=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    if [[ -n $skip ]]; then
      skip=''
    elif [[ $word == *[\\<\\>]* && $word != [\\'\\"]* ]]; then
      skip=1
    elif [[ $trimmed == "$rest" ]] && (( \${#words[@]} )); then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    rest=\${trimmed#"$word"}
  done
  [[ -n $skip ]] && return
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    else
      value=\${line%%$'\\t'*}
      values+=("$value")
      shown+=("$value  (\${line#*$'\\t'})")
    fi
  done < <(command wcn complete -- "\${words[@]:1}" 2>/dev/null)
  if (( \${#values[@]} > 1 )) && [[ $COMP_TYPE == 63 ]]; then
    COMPREPLY=("\${shown[@]}")
  elif (( \${#values[@]} )); then
    word=\${words[\${#words[@]}-1]} own=\${COMP_WORDS[COMP_CWORD]}
    [[ $own == [=:]* ]] && own=''
    for value in "\${values[@]}"; do COMPREPLY+=("\${value#"\${word%"$own"}"}"); done
  fi
  case $directive in
    4) compopt +o default 2>/dev/null ;;
    16) compopt +o default -o dirnames 2>/dev/null ;;
  esac
  return 0
}
complete -o default -F _wcn wcn
`

/** The first line is for a folder in $fpath, whose files hold the body of a function. */
const ZSH = `#compdef wcn
# zsh completion for wcn
_wcn() {
  local line directive=0
  local -a described
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=\${line#:}; continue; fi
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(command wcn complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  if (( $#described )); then
    _describe -V 'wcn' described
  elif [[ $directive == 16 ]]; then
    compset -P '--[^=]##='
    _files -/
  elif [[ $directive == 0 ]]; then
    compset -P '--[^=]##='
    _files
  fi
}
if [[ \${funcstack[1]} == _wcn ]]; then
  _wcn "$@"
else
  compdef _wcn wcn
fi
`

const FISH = `# fish completion for wcn
function __wcn_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l directive 0
    for line in (command wcn complete -- $words[2..-1] "$current" 2>/dev/null)
        if string match -q -- ':*' "$line"
            set directive (string sub -s 2 -- "$line")
        else
            printf '%s\\n' "$line"
        end
    end
    set -l flag (string match -r -- '^--[^=]*=' "$current")
    set -l path (string replace -r -- '^--[^=]*=' '' "$current")
    switch $directive
        case 0
            for found in (__fish_complete_path "$path")
                printf '%s%s\\n' "$flag" "$found"
            end
        case 16
            for found in (__fish_complete_directories "$path" '')
                printf '%s%s\\n' "$flag" "$found"
            end
    end
end
complete -c wcn -e
complete -c wcn -k -f -a '(__wcn_complete)'
`

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
