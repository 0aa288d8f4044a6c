//! The text that `dekko init` writes.

/// A `dekko.toml` with everything explained. It holds two places to fill in: `{name}`, a bare TOML key other than
/// `team`, and `{recipient}`. It is valid when such stand there.
pub const TEMPLATE: &str = r#"# dekko.toml: whom the secrets of this repository are encrypted for, and which values are secret.
# Files look for it in their own folder and the folders above. `dekko explain FILE` says what holds for a file.
version = 1

# People and services, each by a name of your choice and its public key:
# age ("age1…") or ssh ("ssh-ed25519 AAAA…", "ssh-rsa AAAA…").
[recipients]
{name} = "{recipient}"

# Names for several. A group may hold groups.
[groups]
team = ["{name}"]

# The first rule whose paths match a file holds for it.
[[rules]]
# As in a .gitignore in this folder, with '/' between folders on every system.
paths = ["secrets/**", "*.secret.*", ".env", ".env.*"]
recipients = ["team"]

# Which values are encrypted (key paths; this is the default), and which stay readable all the same:
# encrypt = ["**"]
# plain = ["apiVersion", "kind", "metadata.**"]

# Kubernetes secrets: the same as encrypt = ["data.**", "stringData.**"]
# preset = "kubernetes"

# "all" (the default): keys and plain values cannot be changed without a key, either. "encrypted": they can.
# cover = "all"

# "encrypted" hides the comments, too.
# comments = "plain"

# What the files are for; a reader can insist on it with --require-scope.
# scope = "prod"
"#;
