
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'dekko' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'dekko'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'dekko' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a commented dekko.toml here, and make an age identity if you have none')
            [CompletionResult]::new('keygen', 'keygen', [CompletionResultType]::ParameterValue, 'Make a new age identity')
            [CompletionResult]::new('encrypt', 'encrypt', [CompletionResultType]::ParameterValue, 'Encrypt the values of files, in place')
            [CompletionResult]::new('decrypt', 'decrypt', [CompletionResultType]::ParameterValue, 'Decrypt files to standard output')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Change a file in your editor')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Print one value, decoded')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set one value; from a prompt, standard input or a file')
            [CompletionResult]::new('unset', 'unset', [CompletionResultType]::ParameterValue, 'Remove one entry: its lines and nothing else')
            [CompletionResult]::new('recipients', 'recipients', [CompletionResultType]::ParameterValue, 'Show who can read a file, add a reader, remove one')
            [CompletionResult]::new('access', 'access', [CompletionResultType]::ParameterValue, 'Show who can read which file now, and where that is not what the rules of dekko.toml say')
            [CompletionResult]::new('exposure', 'exposure', [CompletionResultType]::ParameterValue, 'List the values that someone could ever decrypt, and which of them are still in use')
            [CompletionResult]::new('rewrap', 'rewrap', [CompletionResultType]::ParameterValue, 'Bring the recipients of files to the rules of dekko.toml')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Give files new data keys')
            [CompletionResult]::new('unwrap-share', 'unwrap-share', [CompletionResultType]::ParameterValue, 'Open a file together with other members of its threshold group, each on a machine of their own')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Show what an encrypted file says of itself; no key is needed, and nothing is verified')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Check that files are as they were sealed, values and all, without showing one')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show which values, recipients and rules differ between commits, or between the last commit and the files as they are')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show which commits changed a file, or one value of it: who, when, what, under which data key, readable by whom')
            [CompletionResult]::new('blame', 'blame', [CompletionResultType]::ParameterValue, 'Show for each encrypted value the commit that last changed it, and how many days ago that was')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check, without any key, that everything that must be encrypted is')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Show which rule of dekko.toml holds for a file, for whom, and what becomes of each value and why')
            [CompletionResult]::new('identities', 'identities', [CompletionResultType]::ParameterValue, 'Show where identities are looked for, in this order, and their public side')
            [CompletionResult]::new('agent', 'agent', [CompletionResultType]::ParameterValue, 'Keep unwrapped data keys in memory for a while')
            [CompletionResult]::new('resolve', 'resolve', [CompletionResultType]::ParameterValue, 'Finish a merge that left a file in conflict')
            [CompletionResult]::new('reseal', 'reseal', [CompletionResultType]::ParameterValue, 'Seal a file that was merged by hand or line by line')
            [CompletionResult]::new('git', 'git', [CompletionResultType]::ParameterValue, 'Work with git: readable diffs, merges value by value')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Write the completions for a shell to standard output')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the manual page to standard output, or the pages of all commands to a folder')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show what a command does; without one, all commands')
            break
        }
        'dekko;init' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;keygen' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to the new file OUT; nothing is written over')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to the new file OUT; nothing is written over')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;encrypt' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to OUT instead of in place')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to OUT instead of in place')
            [CompletionResult]::new('--base', '--base', [CompletionResultType]::ParameterName, 'Keep the data key, recipients and policy of the encrypted file OLD, and the text of every value that is as it was there')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', a key of a service (aws-kms:…, gcp-kms:…, azure-key-vault:…, vault-transit:…), or a name or group of dekko.toml; may be given several times')
            [CompletionResult]::new('--recipient', '--recipient', [CompletionResultType]::ParameterName, 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', a key of a service (aws-kms:…, gcp-kms:…, azure-key-vault:…, vault-transit:…), or a name or group of dekko.toml; may be given several times')
            [CompletionResult]::new('--encrypt', '--encrypt', [CompletionResultType]::ParameterName, 'Encrypt the values at PATTERN (''db.*'', ''**.password'', ''users[*].token'') and no others')
            [CompletionResult]::new('--plain', '--plain', [CompletionResultType]::ParameterName, 'Leave the values at PATTERN readable; wins over --encrypt')
            [CompletionResult]::new('--preset', '--preset', [CompletionResultType]::ParameterName, 'Encrypt what NAME stands for: ''kubernetes'' is ''data.**'' and ''stringData.**''')
            [CompletionResult]::new('--comments', '--comments', [CompletionResultType]::ParameterName, 'Whether comments are ''encrypted'' or stay ''plain''')
            [CompletionResult]::new('--cover', '--cover', [CompletionResultType]::ParameterName, 'Which readable parts nobody can change without a key: ''all'' (keys and plain values), or ''encrypted'' (only what is encrypted)')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'What the file is for (''prod''); a reader can insist on it with --require-scope')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--stdout', '--stdout', [CompletionResultType]::ParameterName, 'Write to standard output instead of in place')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let -o write over an existing file')
            [CompletionResult]::new('--anew', '--anew', [CompletionResultType]::ParameterName, 'Make a new data key, also where git''s last commit has the file encrypted')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask about recipients that come from dekko.toml')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask about recipients that come from dekko.toml')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;decrypt' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to OUT, which only you can read')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to OUT, which only you can read')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Convert to FORMAT: yaml, json, toml or env')
            [CompletionResult]::new('--require-scope', '--require-scope', [CompletionResultType]::ParameterName, 'Refuse files that are for another scope than SCOPE')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let -o write over an existing file')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Put the plain text in the place of each file, which only you can read then')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;edit' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Begin at the value at PATH (db.password), when the editor can')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'Begin with the text of COPY: with an edit that was kept when it could not be written')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Of a new file, do not ask about recipients that come from dekko.toml')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Of a new file, do not ask about recipients that come from dekko.toml')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;get' {
            [CompletionResult]::new('--document', '--document', [CompletionResultType]::ParameterName, 'Look in the Nth YAML document only, counted from 1')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Print a map or list as yaml, json, toml or env')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print it as it is written in the file, quotes and all')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON; a map or list, too')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Print the value alone, without a line break after it')
            [CompletionResult]::new('--no-newline', '--no-newline', [CompletionResultType]::ParameterName, 'Print the value alone, without a line break after it')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;set' {
            [CompletionResult]::new('--document', '--document', [CompletionResultType]::ParameterName, 'Look in the Nth YAML document only, counted from 1')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Read the value from FILE instead')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'The value is JSON: a number, true, null, a list, a map')
            [CompletionResult]::new('--keep-newline', '--keep-newline', [CompletionResultType]::ParameterName, 'Keep the line break that ends the input; else one is cut off')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Let a single value take the place of a map or list, and of everything in it')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;unset' {
            [CompletionResult]::new('--document', '--document', [CompletionResultType]::ParameterName, 'Look in the Nth YAML document only, counted from 1')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--recursive', '--recursive', [CompletionResultType]::ParameterName, 'Remove a map or list with everything in it')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;recipients' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show who can read a file; needs no key')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let someone read files: the data keys stay, and no value changes')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Keep someone from reading what files will hold: each gets a new data key')
            break
        }
        'dekko;recipients;list' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON list')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;recipients;add' {
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'This recipient, and others with more of this option; all that is named beside it are files')
            [CompletionResult]::new('--recipient', '--recipient', [CompletionResultType]::ParameterName, 'This recipient, and others with more of this option; all that is named beside it are files')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Go on with the run that was interrupted, or that could not do all files')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON: the plan, or what was done')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;recipients;remove' {
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'This recipient, and others with more of this option; all that is named beside it are files')
            [CompletionResult]::new('--recipient', '--recipient', [CompletionResultType]::ParameterName, 'This recipient, and others with more of this option; all that is named beside it are files')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Go on with the run that was interrupted, or that could not do all files')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON: the plan, or what was done')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;access' {
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'What the list is ordered by')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All files (this is what is done when none is named)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;exposure' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The commit whose values are in use; the last one of this branch unless given')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Write a list in Markdown to work off, with a box for each value')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;rewrap' {
            [CompletionResult]::new('--add', '--add', [CompletionResultType]::ParameterName, 'Add RECIPIENT, and leave the others: age1…, ''ssh-ed25519 AAAA…'', or a name or group of dekko.toml')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Remove RECIPIENT, and leave the others')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'Bring policy, cover and scope to the rules, too')
            [CompletionResult]::new('--stale', '--stale', [CompletionResultType]::ParameterName, 'Make wraps anew that were made under an old version of a service''s key, and change nothing else')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Go on with the run that was interrupted, or that could not do all files')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON: the plan, or what was done')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;rotate' {
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Work on N files at a time; on as many as there are processors, unless said')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Go on with the run that was interrupted, or that could not do all files')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask: let everybody read whom dekko.toml names')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON: the plan, or what was done')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;unwrap-share' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('request', 'request', [CompletionResultType]::ParameterValue, 'Ask for shares of a file: write the text to send to the members of its group')
            [CompletionResult]::new('give', 'give', [CompletionResultType]::ParameterValue, 'Give your share to somebody who asks: write the text to send back')
            [CompletionResult]::new('open', 'open', [CompletionResultType]::ParameterValue, 'Open a file with the shares that members gave, and your own if you have one, to standard output')
            break
        }
        'dekko;unwrap-share;request' {
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'The name of the group, when the file has several')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Have shares encrypted for RECIPIENT, an age1… whose identity you have')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to OUT')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to OUT')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;unwrap-share;give' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to OUT')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to OUT')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask: you compared the number, and know who asks')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask: you compared the number, and know who asks')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;unwrap-share;open' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to OUT, which only you can read')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to OUT, which only you can read')
            [CompletionResult]::new('--add', '--add', [CompletionResultType]::ParameterName, 'Decrypt nothing, but let RECIPIENT read the file from now on; may be given several times')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask whether whom dekko.toml names may read the file')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask whether whom dekko.toml names may read the file')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;inspect' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;verify' {
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'With --history: do not tell again what is in COMMIT or before it')
            [CompletionResult]::new('--require-scope', '--require-scope', [CompletionResultType]::ParameterName, 'Refuse files that are for another scope than SCOPE')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--history', '--history', [CompletionResultType]::ParameterName, 'Look at all versions in git: was anything put back to an earlier state?')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'With --history: all encrypted files of the repository, those that are gone included; so it is without FILE')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With --history: write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;diff' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--cached', '--cached', [CompletionResultType]::ParameterName, 'Compare with what is ready to be committed, not with the files as they are')
            [CompletionResult]::new('--staged', '--staged', [CompletionResultType]::ParameterName, 'Compare with what is ready to be committed, not with the files as they are')
            [CompletionResult]::new('--no-index', '--no-index', [CompletionResultType]::ParameterName, 'Compare two files, without git')
            [CompletionResult]::new('--values', '--values', [CompletionResultType]::ParameterName, 'Show the values, before and after')
            [CompletionResult]::new('--exit-code', '--exit-code', [CompletionResultType]::ParameterName, 'End with status 1 when something differs')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;log' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Stop after N changes')
            [CompletionResult]::new('--max-count', '--max-count', [CompletionResultType]::ParameterName, 'Stop after N changes')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--values', '--values', [CompletionResultType]::ParameterName, 'Show the values, before and after')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;blame' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;check' {
            [CompletionResult]::new('--range', '--range', [CompletionResultType]::ParameterName, 'Check every commit of the range, under the rules that the commit A has; B alone is everything that leads to B')
            [CompletionResult]::new('--rules-of', '--rules-of', [CompletionResultType]::ParameterName, 'With --range: the rules of COMMIT hold, too: of the default branch, for a branch that may have others')
            [CompletionResult]::new('--accept-rules', '--accept-rules', [CompletionResultType]::ParameterName, 'Let COMMIT (its whole id) take files from the rules, or the rules ask for less; may be given several times')
            [CompletionResult]::new('--pushed', '--pushed', [CompletionResultType]::ParameterName, 'Check every commit that a push to REMOTE brings: for the hook pre-push, whose standard input this reads')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'How findings are written')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Check every tracked file (this is what is done when nothing else is said)')
            [CompletionResult]::new('--staged', '--staged', [CompletionResultType]::ParameterName, 'Check what is staged for the next commit')
            [CompletionResult]::new('--received', '--received', [CompletionResultType]::ParameterName, 'Check every commit that was pushed: for the hook pre-receive, whose standard input this reads')
            [CompletionResult]::new('--self-test', '--self-test', [CompletionResultType]::ParameterName, 'Check that the check finds what is wrong with built-in bad files')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;explain' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', a key of a service (aws-kms:…, gcp-kms:…, azure-key-vault:…, vault-transit:…), or a name or group of dekko.toml; may be given several times')
            [CompletionResult]::new('--recipient', '--recipient', [CompletionResultType]::ParameterName, 'Encrypt for RECIPIENT: age1…, ''ssh-ed25519 AAAA…'', a key of a service (aws-kms:…, gcp-kms:…, azure-key-vault:…, vault-transit:…), or a name or group of dekko.toml; may be given several times')
            [CompletionResult]::new('--encrypt', '--encrypt', [CompletionResultType]::ParameterName, 'Encrypt the values at PATTERN (''db.*'', ''**.password'', ''users[*].token'') and no others')
            [CompletionResult]::new('--plain', '--plain', [CompletionResultType]::ParameterName, 'Leave the values at PATTERN readable; wins over --encrypt')
            [CompletionResult]::new('--preset', '--preset', [CompletionResultType]::ParameterName, 'Encrypt what NAME stands for: ''kubernetes'' is ''data.**'' and ''stringData.**''')
            [CompletionResult]::new('--comments', '--comments', [CompletionResultType]::ParameterName, 'Whether comments are ''encrypted'' or stay ''plain''')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;identities' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;agent' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start the agent, unless it runs')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Forget all keys, and end')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether it runs, and how many keys it keeps; the status is 1 when it does not run')
            [CompletionResult]::new('forget', 'forget', [CompletionResultType]::ParameterValue, 'Forget all keys, and go on')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Be the agent: for service managers; ''start'' does this in the background')
            break
        }
        'dekko;agent;start' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a key is kept: 90s, 30m, 2h; up to 24h')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;agent;stop' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;agent;status' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;agent;forget' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;agent;run' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long a key is kept: 90s, 30m, 2h; up to 24h')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--while-used', '--while-used', [CompletionResultType]::ParameterName, 'End when no key was kept for as long')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;resolve' {
            [CompletionResult]::new('--ours', '--ours', [CompletionResultType]::ParameterName, 'Take our side: everywhere, or where a value at PATH is in conflict')
            [CompletionResult]::new('--theirs', '--theirs', [CompletionResultType]::ParameterName, 'Take the other side: everywhere else, or at PATH')
            [CompletionResult]::new('--union', '--union', [CompletionResultType]::ParameterName, 'Take both, ours first, for items of a list: everywhere else, or at PATH')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Agree to what would be asked about the file as a whole: recipients, encryption, changes beside the conflicts')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Agree to what would be asked about the file as a whole: recipients, encryption, changes beside the conflicts')
            [CompletionResult]::new('--edit', '--edit', [CompletionResultType]::ParameterName, 'Open the decrypted text with its marks in your editor')
            [CompletionResult]::new('--anew', '--anew', [CompletionResultType]::ParameterName, 'Merge the versions in git''s index again, without what was changed in the file since')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;reseal' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Read the file as TYPE whatever its name: yaml, json, jsonc, toml, dotenv, ini, binary')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Seal without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Seal without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;git' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Tell git of dekko: readable diffs, merges value by value, ''git dekko''')
            [CompletionResult]::new('uninstall', 'uninstall', [CompletionResultType]::ParameterValue, 'Take out of git''s configuration what ''dekko git install'' wrote')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Look for what is not as it should be between git and dekko, and say the command that mends it')
            [CompletionResult]::new('attributes', 'attributes', [CompletionResultType]::ParameterValue, 'Write the lines of .gitattributes for the rules of dekko.toml')
            [CompletionResult]::new('textconv', 'textconv', [CompletionResultType]::ParameterValue, 'Show an encrypted file as people can read it: what git runs for ''git diff'', ''log -p'', ''show'' and ''blame''')
            [CompletionResult]::new('merge-driver', 'merge-driver', [CompletionResultType]::ParameterValue, 'Merge one file value by value; git calls it as ''dekko git install'' sets it up')
            [CompletionResult]::new('mergetool', 'mergetool', [CompletionResultType]::ParameterValue, 'Finish a conflict that git hands over; ''git mergetool'' calls it as ''dekko git install'' sets it up')
            [CompletionResult]::new('hooks', 'hooks', [CompletionResultType]::ParameterValue, 'Check before every commit and push that secrets are encrypted')
            [CompletionResult]::new('guard', 'guard', [CompletionResultType]::ParameterValue, 'Encrypt on ''git add'' what a rule of dekko.toml names, in this repository')
            [CompletionResult]::new('filter', 'filter', [CompletionResultType]::ParameterValue, 'Encrypt on ''git add'': what git runs where ''dekko git guard'' is on')
            break
        }
        'dekko;git;install' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--global', '--global', [CompletionResultType]::ParameterName, 'Yours, for all repositories (the default)')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'This repository''s')
            [CompletionResult]::new('--worktree', '--worktree', [CompletionResultType]::ParameterName, 'This work tree''s')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'The machine''s')
            [CompletionResult]::new('--absolute', '--absolute', [CompletionResultType]::ParameterName, 'Name this dekko by its path, for programs that start git without your PATH; breaks when dekko moves')
            [CompletionResult]::new('--hooks', '--hooks', [CompletionResultType]::ParameterName, 'Set the hooks of this repository, too: ''dekko git hooks install''')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace what is configured otherwise')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;git;uninstall' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--global', '--global', [CompletionResultType]::ParameterName, 'Yours, for all repositories (the default)')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'This repository''s')
            [CompletionResult]::new('--worktree', '--worktree', [CompletionResultType]::ParameterName, 'This work tree''s')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'The machine''s')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Also what somebody else wrote at its place')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;doctor' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Mend what can be mended without a loss')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Write JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;git;attributes' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Write nothing; the status is 1 when lines are missing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;git;textconv' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;git;merge-driver' {
            [CompletionResult]::new('--marker-size', '--marker-size', [CompletionResultType]::ParameterName, 'How many signs the marks of a conflict have')
            [CompletionResult]::new('--base-label', '--base-label', [CompletionResultType]::ParameterName, 'What is written behind the mark of the ancestor')
            [CompletionResult]::new('--ours-label', '--ours-label', [CompletionResultType]::ParameterName, 'What is written behind the mark of ours')
            [CompletionResult]::new('--theirs-label', '--theirs-label', [CompletionResultType]::ParameterName, 'What is written behind the mark of theirs')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'The path of the result; it is neither read nor written')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;git;mergetool' {
            [CompletionResult]::new('--ours', '--ours', [CompletionResultType]::ParameterName, 'Take our side: everywhere, or where a value at PATH is in conflict')
            [CompletionResult]::new('--theirs', '--theirs', [CompletionResultType]::ParameterName, 'Take the other side: everywhere else, or at PATH')
            [CompletionResult]::new('--union', '--union', [CompletionResultType]::ParameterName, 'Take both, ours first, for items of a list: everywhere else, or at PATH')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Agree to what would be asked about the file as a whole: recipients, encryption, changes beside the conflicts')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Agree to what would be asked about the file as a whole: recipients, encryption, changes beside the conflicts')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;hooks' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Set the hooks; safe to run twice')
            [CompletionResult]::new('uninstall', 'uninstall', [CompletionResultType]::ParameterValue, 'Remove what ''install'' has set, and nothing else')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say in which hooks the check runs; the status is 1 when one lacks it')
            break
        }
        'dekko;git;hooks;install' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;hooks;uninstall' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;hooks;status' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;guard' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Switch it on, for the files that the rules name now')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'Switch it off, and leave nothing of it')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether it is on; the status is 1 when it is not, or not for what the rules name')
            break
        }
        'dekko;git;guard;on' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;guard;off' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;guard;status' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;git;filter' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dekko;completions' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;man' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write dekko.1 and a page for each command into the folder DIR')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dekko;help' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--identity', '--identity', [CompletionResultType]::ParameterName, 'Look for identities in FILE first; may be given several times')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Wait for key services and plugins no longer than SECONDS for one file')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour messages; ''auto'' is on a terminal unless NO_COLOR is set')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but warnings and errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
