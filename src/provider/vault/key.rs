//! The name of a key: `https://host[:port]/mount/keys/name`, and the namespace behind `?namespace=`.

use crate::provider::service::address;

/// A key of a Vault or OpenBao.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// `https://host[:port]`.
    pub(super) address: String,
    /// The path of the transit engine, `transit`.
    pub(super) mount: String,
    /// The name of the key in it.
    pub(super) name: String,
    /// The namespace, when there is one.
    pub(super) namespace: Option<String>,
}

impl Key {
    /// Reads the rest of a rid as people write it, with or without the `/v1` of the service's interface.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "it must be https://host[:port]/mount/keys/name, perhaps with ?namespace=";
        let (base, namespace) = match text.split_once('?') {
            None => (text, None),
            Some((base, query)) => (base, Some(query.strip_prefix("namespace=").ok_or(SHAPE)?)),
        };
        let (scheme, rest) = base.split_once("://").ok_or(SHAPE)?;
        let (host, path) = rest.split_once('/').ok_or(SHAPE)?;
        let address = address(&format!("{scheme}://{host}"))?;
        let segments: Vec<&str> = path.split('/').collect();
        let [mount @ .., keys, name] = segments.as_slice() else { return Err(SHAPE) };
        let mount = match mount {
            ["v1", rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        let namespace = namespace.map(|text| text.trim_matches('/'));
        let named = namespace.iter().flat_map(|text| text.split('/'));
        let are_plain = mount.iter().copied().chain([*name]).chain(named).all(is_segment);
        if *keys != "keys" || mount.is_empty() || !are_plain {
            return Err(SHAPE);
        }
        let namespace = namespace.map(str::to_owned);
        Ok(Self { address, mount: mount.join("/"), name: (*name).to_owned(), namespace })
    }

    /// The rest of the canonical rid.
    pub(super) fn rest(&self) -> String {
        let namespace = self.namespace.as_ref().map(|name| format!("?namespace={name}")).unwrap_or_default();
        format!("{}/{}/keys/{}{namespace}", self.address, self.mount, self.name)
    }

    /// The path of the action `verb` (`encrypt`) on the key, as a policy names it.
    pub(super) fn path(&self, verb: &str) -> String {
        format!("{}/{verb}/{}", self.mount, self.name)
    }
}

fn is_segment(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty()
        && text.len() <= 128
        && text.bytes().all(is_plain)
        && text.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_one_way_to_be_written() {
        for (text, rest) in [
            ("https://vault.example.com/transit/keys/app", None),
            ("https://vault.example.com:8200/team/transit/keys/app?namespace=a/b", None),
            ("http://127.0.0.1:8200/transit/keys/app", None),
            ("https://h:8200/v1/transit/keys/app", Some("https://h:8200/transit/keys/app")),
            ("https://H:443/transit/keys/app", Some("https://h/transit/keys/app")),
            ("https://h/v1/keys/app", None),
            ("https://h/t/keys/app?namespace=/a/", Some("https://h/t/keys/app?namespace=a")),
        ] {
            let key = Key::read(text).unwrap();
            assert_eq!(key.rest(), rest.unwrap_or(text), "{text}");
            assert_eq!(Key::read(&key.rest()).unwrap(), key, "{text}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_no_key() {
        for text in [
            "",
            "x",
            "https://h",
            "https://h/keys/a",
            "https://h/t/key/a",
            "https://h/t/keys/",
            "https://h/t/keys/../x",
            "https://h/../keys/x",
            "https://h/t/keys/a?b=c",
            "https://h/t/keys/a?namespace=",
            "https://h/t/keys/a?namespace=..",
            "https://h/t/keys/a%2f",
            "https://h/t/keys/a#b",
            "https://u@h/t/keys/a",
            "https://u:p@h/t/keys/a",
            "http://h/t/keys/a",
            "http://127.0.0.1.example.com/t/keys/a",
            "ftp://h/t/keys/a",
            "https://h\\@evil/t/keys/a",
            "https:///t/keys/a",
        ] {
            assert!(Key::read(text).is_err(), "{text}");
        }
    }
}
