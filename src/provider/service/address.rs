//! Addresses that a user names: a scheme, a host, perhaps a port, and nothing that leads elsewhere.

use reqwest::Url;

/// The canonical form of `https://host[:port]`; `http` is for this machine alone.
///
/// # Errors
/// What is wrong with it.
pub(in crate::provider) fn address(text: &str) -> Result<String, &'static str> {
    const NO_ADDRESS: &str = "its address must be https://host[:port] and nothing else";
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err(NO_ADDRESS);
    }
    // The standard for addresses takes "https:h" and "https:///h", too: their host is not where people look for it.
    let rest = text.split_once("://").map(|(_, rest)| rest).ok_or(NO_ADDRESS)?;
    if rest.starts_with('/') {
        return Err(NO_ADDRESS);
    }
    let url = Url::parse(text.strip_suffix('/').unwrap_or(text)).map_err(|_| NO_ADDRESS)?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(NO_ADDRESS)?;
    let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !is_bare || url.fragment().is_some() || url.path() != "/" {
        return Err(NO_ADDRESS);
    }
    let is_here = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        "http" => return Err("http:// is for this machine alone: use https://"),
        _ => return Err(NO_ADDRESS),
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Ok(format!("{}://{host}{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_has_one_form_and_hides_nothing() {
        for (text, form) in [
            ("https://h", "https://h"),
            ("https://H:443/", "https://h"),
            ("http://localhost:1", "http://localhost:1"),
            ("https://[::1]:8200", "https://[::1]:8200"),
        ] {
            assert_eq!(address(text), Ok(form.to_owned()), "{text}");
        }
        for text in [
            "",
            "h",
            "https://",
            "https://h/a",
            "https://u@h",
            "https://h?q",
            "https://h#f",
            "http://h",
            "file:///h",
            "https://h\\x",
            "https://h ",
            "https:h",
            "https:/h",
            "https:///h",
            "https:h://x",
        ] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
