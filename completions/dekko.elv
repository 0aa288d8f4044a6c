
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
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Write a commented dekko.toml here, and make an age identity if you have none'
            cand keygen 'Make a new age identity'
            cand encrypt 'Encrypt the values of files, in place'
            cand decrypt 'Decrypt files to standard output'
            cand edit 'Not built yet'
            cand get 'Not built yet'
            cand set 'Not built yet'
            cand unset 'Not built yet'
            cand recipients 'Not built yet'
            cand rotate 'Not built yet'
            cand inspect 'Show what an encrypted file says of itself; no key is needed, and nothing is verified'
            cand verify 'Check that files are as they were sealed, values and all, without showing one'
            cand explain 'Show which rule of dekko.toml holds for a file, for whom, and what becomes of each value and why'
            cand identities 'Show where identities are looked for, in this order, and their public side'
            cand completions 'Write the completions for a shell to standard output'
            cand man 'Write the manual page to standard output, or the pages of all commands to a folder'
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
            cand --cover 'Which readable parts nobody can change without a key: ''all'' (keys and plain values), or ''encrypted'' (only what is encrypted)'
            cand --comments 'Whether comments are ''encrypted'' or stay ''plain'''
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
            cand --in-place 'Put the plain text in the place of each file'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dekko;edit'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;get'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;set'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'dekko;unset'= {
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
        }
        &'dekko;rotate'= {
            cand -i 'Look for identities in FILE first; may be given several times'
            cand --identity 'Look for identities in FILE first; may be given several times'
            cand --color 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set'
            cand -q 'Say nothing but warnings and errors'
            cand --quiet 'Say nothing but warnings and errors'
            cand -h 'Print help'
            cand --help 'Print help'
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
        &'dekko;explain'= {
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
    ]
    $completions[$command]
}
