# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_dekko_global_optspecs
    string join \n i/identity= timeout= q/quiet color= h/help V/version
end

function __fish_dekko_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_dekko_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_dekko_using_subcommand
    set -l cmd (__fish_dekko_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c dekko -n "__fish_dekko_needs_command" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_needs_command" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_needs_command" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_needs_command" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_needs_command" -s V -l version -d 'Print version'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "init" -d 'Write a commented dekko.toml here, and make an age identity if you have none'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "keygen" -d 'Make a new age identity'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "encrypt" -d 'Encrypt the values of files, in place'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "decrypt" -d 'Decrypt files to standard output'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "edit" -d 'Change a file in your editor'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "get" -d 'Print one value, decoded'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "set" -d 'Set one value; from a prompt, standard input or a file'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "unset" -d 'Remove one entry: its lines and nothing else'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "recipients" -d 'Show who can read a file, add a reader, remove one'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "access" -d 'Show who can read which file now, and where that is not what the rules of dekko.toml say'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "exposure" -d 'List the values that someone could ever decrypt, and which of them are still in use'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "rewrap" -d 'Bring the recipients of files to the rules of dekko.toml'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "rotate" -d 'Give files new data keys'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "unwrap-share" -d 'Open a file together with other members of its threshold group, each on a machine of their own'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "inspect" -d 'Show what an encrypted file says of itself; no key is needed, and nothing is verified'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "verify" -d 'Check that files are as they were sealed, values and all, without showing one'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "diff" -d 'Show which values, recipients and rules differ between commits, or between the last commit and the files as they are'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "log" -d 'Show which commits changed a file, or one value of it: who, when, what, under which data key, readable by whom'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "blame" -d 'Show for each encrypted value the commit that last changed it, and how many days ago that was'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "check" -d 'Check, without any key, that everything that must be encrypted is'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "explain" -d 'Show which rule of dekko.toml holds for a file, for whom, and what becomes of each value and why'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "identities" -d 'Show where identities are looked for, in this order, and their public side'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "agent" -d 'Keep unwrapped data keys in memory for a while'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "resolve" -d 'Finish a merge that left a file in conflict'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "reseal" -d 'Seal a file that was merged by hand or line by line'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "git" -d 'Work with git: readable diffs, merges value by value'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "completions" -d 'Write the completions for a shell to standard output'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "man" -d 'Write the manual page to standard output, or the pages of all commands to a folder'
complete -c dekko -n "__fish_dekko_needs_command" -f -a "help" -d 'Show what a command does; without one, all commands'
complete -c dekko -n "__fish_dekko_using_subcommand init" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand init" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand init" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand init" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand keygen" -s o -l output -d 'Write to the new file OUT; nothing is written over' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand keygen" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand keygen" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand keygen" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand keygen" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand keygen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -s o -l output -d 'Write to OUT instead of in place' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l base -d 'Keep the data key, recipients and policy of the encrypted file OLD, and the text of every value that is as it was there' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -s r -l recipient -d 'Encrypt for RECIPIENT: age1…, \'ssh-ed25519 AAAA…\', a key of a service (aws-kms:…, gcp-kms:…, azure-key-vault:…, vault-transit:…), or a name or group of dekko.toml; may be given several times' -r
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l encrypt -d 'Encrypt the values at PATTERN (\'db.*\', \'**.password\', \'users[*].token\') and no others' -r
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l plain -d 'Leave the values at PATTERN readable; wins over --encrypt' -r
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l preset -d 'Encrypt what NAME stands for: \'kubernetes\' is \'data.**\' and \'stringData.**\'' -r
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l comments -d 'Whether comments are \'encrypted\' or stay \'plain\'' -r -f -a "plain\t''
encrypted\t''"
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l cover -d 'Which readable parts nobody can change without a key: \'all\' (keys and plain values), or \'encrypted\' (only what is encrypted)' -r -f -a "all\t''
encrypted\t''"
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l scope -d 'What the file is for (\'prod\'); a reader can insist on it with --require-scope' -r
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l stdout -d 'Write to standard output instead of in place'
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l force -d 'Let -o write over an existing file'
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -l anew -d 'Make a new data key, also where git\'s last commit has the file encrypted'
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -s y -l yes -d 'Do not ask about recipients that come from dekko.toml'
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand encrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -s o -l output -d 'Write to OUT, which only you can read' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -l to -d 'Convert to FORMAT: yaml, json, toml or env' -r -f -a "yaml\t''
json\t''
toml\t''
env\t''"
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -l require-scope -d 'Refuse files that are for another scope than SCOPE' -r
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -l force -d 'Let -o write over an existing file'
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -l in-place -d 'Put the plain text in the place of each file, which only you can read then'
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand decrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand edit" -l at -d 'Begin at the value at PATH (db.password), when the editor can' -r
complete -c dekko -n "__fish_dekko_using_subcommand edit" -l from -d 'Begin with the text of COPY: with an edit that was kept when it could not be written' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand edit" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand edit" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand edit" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand edit" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand edit" -s y -l yes -d 'Of a new file, do not ask about recipients that come from dekko.toml'
complete -c dekko -n "__fish_dekko_using_subcommand edit" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand get" -l document -d 'Look in the Nth YAML document only, counted from 1' -r
complete -c dekko -n "__fish_dekko_using_subcommand get" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand get" -l to -d 'Print a map or list as yaml, json, toml or env' -r -f -a "yaml\t''
json\t''
toml\t''
env\t''"
complete -c dekko -n "__fish_dekko_using_subcommand get" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand get" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand get" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand get" -l raw -d 'Print it as it is written in the file, quotes and all'
complete -c dekko -n "__fish_dekko_using_subcommand get" -l json -d 'Print it as JSON; a map or list, too'
complete -c dekko -n "__fish_dekko_using_subcommand get" -s n -l no-newline -d 'Print the value alone, without a line break after it'
complete -c dekko -n "__fish_dekko_using_subcommand get" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand get" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand set" -l document -d 'Look in the Nth YAML document only, counted from 1' -r
complete -c dekko -n "__fish_dekko_using_subcommand set" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand set" -l file -d 'Read the value from FILE instead' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand set" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand set" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand set" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand set" -l json -d 'The value is JSON: a number, true, null, a list, a map'
complete -c dekko -n "__fish_dekko_using_subcommand set" -l keep-newline -d 'Keep the line break that ends the input; else one is cut off'
complete -c dekko -n "__fish_dekko_using_subcommand set" -l force -d 'Let a single value take the place of a map or list, and of everything in it'
complete -c dekko -n "__fish_dekko_using_subcommand set" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand set" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand unset" -l document -d 'Look in the Nth YAML document only, counted from 1' -r
complete -c dekko -n "__fish_dekko_using_subcommand unset" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand unset" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unset" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand unset" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand unset" -l recursive -d 'Remove a map or list with everything in it'
complete -c dekko -n "__fish_dekko_using_subcommand unset" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -f -a "list" -d 'Show who can read a file; needs no key'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -f -a "add" -d 'Let someone read files: the data keys stay, and no value changes'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and not __fish_seen_subcommand_from list add remove" -f -a "remove" -d 'Keep someone from reading what files will hold: each gets a new data key'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from list" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from list" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from list" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from list" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from list" -l json -d 'Print a JSON list'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -s r -l recipient -d 'This recipient, and others with more of this option; all that is named beside it are files' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -s j -l jobs -d 'Work on N files at a time; on as many as there are processors, unless said' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -l all -d 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -l plan -d 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -l continue -d 'Go on with the run that was interrupted, or that could not do all files'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -s y -l yes -d 'Do not ask: let everybody read whom dekko.toml names'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -l json -d 'Write JSON: the plan, or what was done'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -s r -l recipient -d 'This recipient, and others with more of this option; all that is named beside it are files' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -s j -l jobs -d 'Work on N files at a time; on as many as there are processors, unless said' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -l all -d 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -l plan -d 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -l continue -d 'Go on with the run that was interrupted, or that could not do all files'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask: let everybody read whom dekko.toml names'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -l json -d 'Write JSON: the plan, or what was done'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand recipients; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand access" -l by -d 'What the list is ordered by' -r -f -a "file\t'A part for each file'
recipient\t'A part for each recipient'"
complete -c dekko -n "__fish_dekko_using_subcommand access" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand access" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand access" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand access" -l all -d 'All files (this is what is done when none is named)'
complete -c dekko -n "__fish_dekko_using_subcommand access" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand access" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand access" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -l at -d 'The commit whose values are in use; the last one of this branch unless given' -r
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -l markdown -d 'Write a list in Markdown to work off, with a box for each value'
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand exposure" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l add -d 'Add RECIPIENT, and leave the others: age1…, \'ssh-ed25519 AAAA…\', or a name or group of dekko.toml' -r
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l remove -d 'Remove RECIPIENT, and leave the others' -r
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -s j -l jobs -d 'Work on N files at a time; on as many as there are processors, unless said' -r
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l policy -d 'Bring policy, cover and scope to the rules, too'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l stale -d 'Make wraps anew that were made under an old version of a service\'s key, and change nothing else'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l all -d 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l plan -d 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l continue -d 'Go on with the run that was interrupted, or that could not do all files'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -s y -l yes -d 'Do not ask: let everybody read whom dekko.toml names'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -l json -d 'Write JSON: the plan, or what was done'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand rewrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -s j -l jobs -d 'Work on N files at a time; on as many as there are processors, unless said' -r
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -l all -d 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are'
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -l plan -d 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change'
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -l continue -d 'Go on with the run that was interrupted, or that could not do all files'
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -s y -l yes -d 'Do not ask: let everybody read whom dekko.toml names'
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -l json -d 'Write JSON: the plan, or what was done'
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -f -a "request" -d 'Ask for shares of a file: write the text to send to the members of its group'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -f -a "give" -d 'Give your share to somebody who asks: write the text to send back'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and not __fish_seen_subcommand_from request give open" -f -a "open" -d 'Open a file with the shares that members gave, and your own if you have one, to standard output'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -l group -d 'The name of the group, when the file has several' -r
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -l for -d 'Have shares encrypted for RECIPIENT, an age1… whose identity you have' -r
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -s o -l output -d 'Write to OUT' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from request" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -s o -l output -d 'Write to OUT' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -s y -l yes -d 'Do not ask: you compared the number, and know who asks'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from give" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -s o -l output -d 'Write to OUT, which only you can read' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -l add -d 'Decrypt nothing, but let RECIPIENT read the file from now on; may be given several times' -r
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -s y -l yes -d 'Do not ask whether whom dekko.toml names may read the file'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand unwrap-share; and __fish_seen_subcommand_from open" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand inspect" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand inspect" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand inspect" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand inspect" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand inspect" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand inspect" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l since -d 'With --history: do not tell again what is in COMMIT or before it' -r
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l require-scope -d 'Refuse files that are for another scope than SCOPE' -r
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand verify" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l history -d 'Look at all versions in git: was anything put back to an earlier state?'
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l all -d 'With --history: all encrypted files of the repository, those that are gone included; so it is without FILE'
complete -c dekko -n "__fish_dekko_using_subcommand verify" -l json -d 'With --history: write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand verify" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand diff" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand diff" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand diff" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand diff" -l cached -l staged -d 'Compare with what is ready to be committed, not with the files as they are'
complete -c dekko -n "__fish_dekko_using_subcommand diff" -l no-index -d 'Compare two files, without git'
complete -c dekko -n "__fish_dekko_using_subcommand diff" -l values -d 'Show the values, before and after'
complete -c dekko -n "__fish_dekko_using_subcommand diff" -l exit-code -d 'End with status 1 when something differs'
complete -c dekko -n "__fish_dekko_using_subcommand diff" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand diff" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand log" -s n -l max-count -d 'Stop after N changes' -r
complete -c dekko -n "__fish_dekko_using_subcommand log" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand log" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand log" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand log" -l values -d 'Show the values, before and after'
complete -c dekko -n "__fish_dekko_using_subcommand log" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand log" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand blame" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand blame" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand blame" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand blame" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand blame" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand blame" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand check" -l range -d 'Check every commit of the range, under the rules that the commit A has; B alone is everything that leads to B' -r
complete -c dekko -n "__fish_dekko_using_subcommand check" -l rules-of -d 'With --range: the rules of COMMIT hold, too: of the default branch, for a branch that may have others' -r
complete -c dekko -n "__fish_dekko_using_subcommand check" -l accept-rules -d 'Let COMMIT (its whole id) take files from the rules, or the rules ask for less; may be given several times' -r
complete -c dekko -n "__fish_dekko_using_subcommand check" -l pushed -d 'Check every commit that a push to REMOTE brings: for the hook pre-push, whose standard input this reads' -r
complete -c dekko -n "__fish_dekko_using_subcommand check" -l format -d 'How findings are written' -r -f -a "text\t'A line for each'
json\t'As one JSON object'
sarif\t'As a SARIF 2.1.0 log'"
complete -c dekko -n "__fish_dekko_using_subcommand check" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand check" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand check" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand check" -l all -d 'Check every tracked file (this is what is done when nothing else is said)'
complete -c dekko -n "__fish_dekko_using_subcommand check" -l staged -d 'Check what is staged for the next commit'
complete -c dekko -n "__fish_dekko_using_subcommand check" -l received -d 'Check every commit that was pushed: for the hook pre-receive, whose standard input this reads'
complete -c dekko -n "__fish_dekko_using_subcommand check" -l self-test -d 'Check that the check finds what is wrong with built-in bad files'
complete -c dekko -n "__fish_dekko_using_subcommand check" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand explain" -s r -l recipient -d 'Encrypt for RECIPIENT: age1…, \'ssh-ed25519 AAAA…\', a key of a service (aws-kms:…, gcp-kms:…, azure-key-vault:…, vault-transit:…), or a name or group of dekko.toml; may be given several times' -r
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l encrypt -d 'Encrypt the values at PATTERN (\'db.*\', \'**.password\', \'users[*].token\') and no others' -r
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l plain -d 'Leave the values at PATTERN readable; wins over --encrypt' -r
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l preset -d 'Encrypt what NAME stands for: \'kubernetes\' is \'data.**\' and \'stringData.**\'' -r
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l comments -d 'Whether comments are \'encrypted\' or stay \'plain\'' -r -f -a "plain\t''
encrypted\t''"
complete -c dekko -n "__fish_dekko_using_subcommand explain" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand explain" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand explain" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand identities" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand identities" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand identities" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand identities" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand identities" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand identities" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -f -a "start" -d 'Start the agent, unless it runs'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -f -a "stop" -d 'Forget all keys, and end'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -f -a "status" -d 'Say whether it runs, and how many keys it keeps; the status is 1 when it does not run'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -f -a "forget" -d 'Forget all keys, and go on'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and not __fish_seen_subcommand_from start stop status forget run" -f -a "run" -d 'Be the agent: for service managers; \'start\' does this in the background'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from start" -l ttl -d 'How long a key is kept: 90s, 30m, 2h; up to 24h' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from start" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from start" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from start" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from stop" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from stop" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from stop" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from status" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from status" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from status" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from status" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from forget" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from forget" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from forget" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from forget" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from forget" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from run" -l ttl -d 'How long a key is kept: 90s, 30m, 2h; up to 24h' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from run" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from run" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from run" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from run" -l while-used -d 'End when no key was kept for as long'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand agent; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -l ours -d 'Take our side: everywhere, or where a value at PATH is in conflict' -r
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -l theirs -d 'Take the other side: everywhere else, or at PATH' -r
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -l union -d 'Take both, ours first, for items of a list: everywhere else, or at PATH' -r
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -s y -l yes -d 'Agree to what would be asked about the file as a whole: recipients, encryption, changes beside the conflicts'
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -l edit -d 'Open the decrypted text with its marks in your editor'
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -l anew -d 'Merge the versions in git\'s index again, without what was changed in the file since'
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand resolve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand reseal" -l type -d 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary' -r -f -a "yaml\t''
json\t''
jsonc\t''
toml\t''
dotenv\t''
ini\t''
binary\t''"
complete -c dekko -n "__fish_dekko_using_subcommand reseal" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand reseal" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand reseal" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand reseal" -s y -l yes -d 'Seal without asking'
complete -c dekko -n "__fish_dekko_using_subcommand reseal" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand reseal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "install" -d 'Tell git of dekko: readable diffs, merges value by value, \'git dekko\''
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "uninstall" -d 'Take out of git\'s configuration what \'dekko git install\' wrote'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "doctor" -d 'Look for what is not as it should be between git and dekko, and say the command that mends it'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "attributes" -d 'Write the lines of .gitattributes for the rules of dekko.toml'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "textconv" -d 'Show an encrypted file as people can read it: what git runs for \'git diff\', \'log -p\', \'show\' and \'blame\''
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "merge-driver" -d 'Merge one file value by value; git calls it as \'dekko git install\' sets it up'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "mergetool" -d 'Finish a conflict that git hands over; \'git mergetool\' calls it as \'dekko git install\' sets it up'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "hooks" -d 'Check before every commit and push that secrets are encrypted'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "guard" -d 'Encrypt on \'git add\' what a rule of dekko.toml names, in this repository'
complete -c dekko -n "__fish_dekko_using_subcommand git; and not __fish_seen_subcommand_from install uninstall doctor attributes textconv merge-driver mergetool hooks guard filter" -f -a "filter" -d 'Encrypt on \'git add\': what git runs where \'dekko git guard\' is on'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l global -d 'Yours, for all repositories (the default)'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l local -d 'This repository\'s'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l worktree -d 'This work tree\'s'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l system -d 'The machine\'s'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l absolute -d 'Name this dekko by its path, for programs that start git without your PATH; breaks when dekko moves'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l hooks -d 'Set the hooks of this repository, too: \'dekko git hooks install\''
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -l force -d 'Replace what is configured otherwise'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -l global -d 'Yours, for all repositories (the default)'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -l local -d 'This repository\'s'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -l worktree -d 'This work tree\'s'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -l system -d 'The machine\'s'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -l force -d 'Also what somebody else wrote at its place'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from uninstall" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from doctor" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from doctor" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from doctor" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from doctor" -l fix -d 'Mend what can be mended without a loss'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from doctor" -l json -d 'Write JSON'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from doctor" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from attributes" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from attributes" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from attributes" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from attributes" -l check -d 'Write nothing; the status is 1 when lines are missing'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from attributes" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from attributes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from textconv" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from textconv" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from textconv" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from textconv" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from textconv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -l marker-size -d 'How many signs the marks of a conflict have' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -l base-label -d 'What is written behind the mark of the ancestor' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -l ours-label -d 'What is written behind the mark of ours' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -l theirs-label -d 'What is written behind the mark of theirs' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -l path -d 'The path of the result; it is neither read nor written' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from merge-driver" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -l ours -d 'Take our side: everywhere, or where a value at PATH is in conflict' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -l theirs -d 'Take the other side: everywhere else, or at PATH' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -l union -d 'Take both, ours first, for items of a list: everywhere else, or at PATH' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -s y -l yes -d 'Agree to what would be asked about the file as a whole: recipients, encryption, changes beside the conflicts'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from mergetool" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -f -a "install" -d 'Set the hooks; safe to run twice'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -f -a "uninstall" -d 'Remove what \'install\' has set, and nothing else'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from hooks" -f -a "status" -d 'Say in which hooks the check runs; the status is 1 when one lacks it'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -f -a "on" -d 'Switch it on, for the files that the rules name now'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -f -a "off" -d 'Switch it off, and leave nothing of it'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from guard" -f -a "status" -d 'Say whether it is on; the status is 1 when it is not, or not for what the rules name'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from filter" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from filter" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from filter" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from filter" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand git; and __fish_seen_subcommand_from filter" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dekko -n "__fish_dekko_using_subcommand completions" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand completions" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand completions" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand completions" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand completions" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand man" -l dir -d 'Write dekko.1 and a page for each command into the folder DIR' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand man" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand man" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand man" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand man" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand man" -s h -l help -d 'Print help'
complete -c dekko -n "__fish_dekko_using_subcommand help" -s i -l identity -d 'Look for identities in FILE first; may be given several times' -r -F
complete -c dekko -n "__fish_dekko_using_subcommand help" -l timeout -d 'Wait for key services and plugins no longer than SECONDS for one file' -r
complete -c dekko -n "__fish_dekko_using_subcommand help" -l color -d 'When to colour messages; \'auto\' is on a terminal unless NO_COLOR is set' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c dekko -n "__fish_dekko_using_subcommand help" -s q -l quiet -d 'Say nothing but warnings and errors'
complete -c dekko -n "__fish_dekko_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
