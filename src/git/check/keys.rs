//! Private key material in the open: age identities and PEM blocks.

/// What age identities begin with, plugins' included; upper case as age writes them, or lower (bech32, BIP 173).
const IDENTITIES: [&str; 4] = ["AGE-SECRET-KEY-", "age-secret-key-", "AGE-PLUGIN-", "age-plugin-"];

/// How PEM blocks of private keys end their first line (RFC 7468, RFC 4880).
const BLOCKS: [&str; 2] = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"];

/// Fewer characters behind an identity's beginning are a mention of it, not a key.
const SHORTEST: usize = 20;

/// Where in `text` the first private key begins, in bytes.
pub(super) fn private_key(text: &str) -> Option<usize> {
    let identities = IDENTITIES.iter().filter_map(|sign| first(text, sign, identity_begins));
    let blocks = BLOCKS.iter().filter_map(|sign| first(text, sign, block_begins));
    identities.chain(blocks).min()
}

/// The first place of `sign` in `text` where `begins` says that a key begins.
fn first(text: &str, sign: &str, begins: impl Fn(&str, &str) -> Option<usize>) -> Option<usize> {
    text.match_indices(sign).find_map(|(at, _)| begins(text.get(..at)?, text.get(at + sign.len()..)?))
}

fn identity_begins(before: &str, after: &str) -> Option<usize> {
    let is_of_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let count = after.bytes().take(SHORTEST).take_while(|&byte| is_of_key(byte)).count();
    (count == SHORTEST).then_some(before.len())
}

fn block_begins(before: &str, after: &str) -> Option<usize> {
    // The words before: `-----BEGIN OPENSSH `, 40 characters of name at most. No more is searched: a text may be full of ends.
    let near = before.len().saturating_sub("-----BEGIN ".len() + 40);
    let near = (near..before.len()).find(|&at| before.is_char_boundary(at))?;
    let line = near + before.get(near..)?.rfind("-----BEGIN ")?;
    let words = before.get(line + "-----BEGIN ".len()..)?;
    let is_name =
        words.len() <= 40 && words.bytes().all(|byte| byte.is_ascii_uppercase() || b" 0-9".contains(&byte));
    // A body follows, on the next line or behind an escaped line break; in documentation there is none.
    let body =
        after.bytes().take(160).filter(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)).count();
    (is_name && body >= 24).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_where_they_begin() {
        let body = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ";
        for name in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
            let text = format!("a: |\n  -----BEGIN {name}PRIVATE KEY-----\n  {body}\n");
            assert_eq!(private_key(&text), Some(7), "{name}");
        }
        let escaped = format!("{{\"k\": \"-----BEGIN PRIVATE KEY-----\\n{body}\"}}");
        assert_eq!(private_key(&escaped), Some(7));
        assert_eq!(private_key(&format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{body}")), Some(0));
        let key = "q".repeat(58);
        assert_eq!(private_key(&format!("# AGE-SECRET-KEY-1{}", key.to_uppercase())), Some(2));
        assert_eq!(private_key(&format!("age-secret-key-1{key}")), Some(0));
        assert_eq!(private_key(&format!("AGE-PLUGIN-YUBIKEY-1{}", key.to_uppercase())), Some(0));
    }

    #[test]
    fn a_mention_of_keys_is_no_key() {
        for text in [
            "# put your AGE-SECRET-KEY-1… here",
            "age-plugin-yubikey",
            "-----BEGIN PRIVATE KEY-----",
            "the line '-----BEGIN RSA PRIVATE KEY-----'\n",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n",
            "PRIVATE KEY----- b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ",
        ] {
            assert_eq!(private_key(text), None, "{text}");
        }
    }
}
