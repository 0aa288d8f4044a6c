
use builtin;
use str;

set edit:completion:arg-completer[dekko] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'dekko'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'dekko'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Write a commented dekko.toml here, and make an age identity if you have none'
            cand keygen 'Make a new age identity'
            cand encrypt 'Encrypt the values of files, in place'
            cand decrypt 'Decrypt files to standard output'
            cand edit 'Change a file in your editor'
            cand get 'Print one value, decoded'
            cand set 'Set one value; from a prompt, standard input or a file'
            cand unset 'Remove one entry: its line and nothing else'
            cand recipients 'Show who can read a file, add a reader, remove one'
            cand rotate 'Give files new data keys'
            cand inspect 'Show what an encrypted file says of itself; no key is needed, and nothing is verified'
            cand verify 'Check that files are as they were sealed, values and all, without showing one'
            cand check 'Check, without any key, that everything that must be encrypted is'
            cand explain 'Show which rule of dekko.toml holds for a file, for whom, and what becomes of each value and why'
            cand identities 'Show where identities are looked for, in this order, and their public side'
            cand completions 'Write the completions for a shell to standard output'
            cand man 'Write the manual page to standard output, or the pages of all commands to a folder'
            cand help 'Show what a command does; without one, all commands'
        }
        &'dekko;init'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;keygen'= {
            cand -o 'Write to the new file OUT; nothing is written over'
            cand --output 'Write to the new file OUT; nothing is written over'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;encrypt'= {
            cand -o 'Write to OUT instead of in place'
            cand --output 'Write to OUT instead of in place'
            cand --base 'Keep the data key, recipients and policy of the encrypted file OLD, and the text of every value that is as it was there'
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -r 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', or a name or group of dekko.toml; may be given several times'
            cand --recipient 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', or a name or group of dekko.toml; may be given several times'
            cand --encrypt 'Encrypt the values at PATTERN (''db.*'', ''**.password'', ''users[*].token'') and no others'
            cand --plain 'Leave the values at PATTERN readable; wins over --encrypt'
            cand --preset 'Encrypt what NAME stands for: ''kubernetes'' is ''data.**'' and ''stringData.**'''
            cand --comments 'Whether comments are ''encrypted'' or stay ''plain'''
            cand --cover 'Which readable parts nobody can change without a key: ''all'' (keys and plain values), or ''encrypted'' (only what is encrypted)'
            cand --scope 'What the file is for (''prod''); a reader can insist on it with --require-scope'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --stdout 'Write to standard output instead of in place'
            cand --force 'Let -o write over an existing file'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;decrypt'= {
            cand -o 'Write to OUT, which only you can read'
            cand --output 'Write to OUT, which only you can read'
            cand --to 'Convert to FORMAT: yaml, json, toml or env'
            cand --require-scope 'Refuse files that are for another scope than SCOPE'
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --force 'Let -o write over an existing file'
            cand --in-place 'Put the plain text in the place of each file, which only you can read then'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;edit'= {
            cand --at 'Begin at the value at PATH (db.password), when the editor can'
            cand --from 'Begin with the text of COPY: with an edit that was kept when it could not be written'
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;get'= {
            cand --document 'Look in the Nth YAML document only, counted from 1'
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand --to 'Print a map or list as yaml, json, toml or env'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --raw 'Print it as it is written in the file, quotes and all'
            cand --json 'Print it as JSON; a map or list, too'
            cand -n 'Print the value alone, without a line break after it'
            cand --no-newline 'Print the value alone, without a line break after it'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;set'= {
            cand --document 'Look in the Nth YAML document only, counted from 1'
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand --file 'Read the value from FILE instead'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --json 'The value is JSON: a number, true, null, a list, a map'
            cand --keep-newline 'Keep the line break that ends the input; else one is cut off'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;unset'= {
            cand --document 'Look in the Nth YAML document only, counted from 1'
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;recipients'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'Show who can read a file; needs no key'
            cand add 'Let someone read a file: the data key stays, and no value changes'
            cand remove 'Keep someone from reading what a file will hold: it gets a new data key'
        }
        &'dekko;recipients;list'= {
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --json 'Print a JSON list'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;recipients;add'= {
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;recipients;remove'= {
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;rotate'= {
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;inspect'= {
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --json 'Write JSON'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;verify'= {
            cand --require-scope 'Refuse files that are for another scope than SCOPE'
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;check'= {
            cand --range 'Check every commit of the range, under the rules that the commit A has; B alone is everything that leads to B'
            cand --pushed 'Check every commit that a push to REMOTE brings: for the hook pre-push, whose standard input this reads'
            cand --format 'How findings are written'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --all 'Check every tracked file (this is what is done when nothing else is said)'
            cand --staged 'Check what is staged for the next commit'
            cand --received 'Check every commit that was pushed: for the hook pre-receive, whose standard input this reads'
            cand --self-test 'Check that the check finds what is wrong with built-in bad files'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;explain'= {
            cand --type 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary'
            cand -r 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', or a name or group of dekko.toml; may be given several times'
            cand --recipient 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', or a name or group of dekko.toml; may be given several times'
            cand --encrypt 'Encrypt the values at PATTERN (''db.*'', ''**.password'', ''users[*].token'') and no others'
            cand --plain 'Leave the values at PATTERN readable; wins over --encrypt'
            cand --preset 'Encrypt what NAME stands for: ''kubernetes'' is ''data.**'' and ''stringData.**'''
            cand --comments 'Whether comments are ''encrypted'' or stay ''plain'''
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --json 'Write JSON'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;identities'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand --json 'Write JSON'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;completions'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;man'= {
            cand --dir 'Write dekko.1 and a page for each command into the folder DIR'
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;help'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
