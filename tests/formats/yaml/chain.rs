//! A second, small verifier of the chain: what the adapter's events must add up to.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use dekko::document::{Cover, Document, Gaps, push_lp};

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// The first tag of `document` that does not match: `link N` or `end`; `None` when all do.
pub fn first_break(document: &Document, dek: &[u8]) -> Option<String> {
    let fields = &document.block.as_ref().expect("a block").fields;
    let field = |name: &str| fields.iter().find(|f| f.name == name).map(|f| f.value.clone());
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let cover = if field("cover").as_deref() == Some("all") { Cover::All } else { Cover::Encrypted };
    let prk = mac(&bytes(&field("id")?), &[dek]);
    let mut info = b"dekko/v1 link\0\x01".to_vec();
    info.push(if cover == Cover::All { 1 } else { 2 });
    info.extend(bytes(&field("epoch")?));
    push_lp(&mut info, field("policy")?.as_bytes());
    push_lp(&mut info, field("scope").unwrap_or_default().as_bytes());
    let key = mac(&prk, &[&info, &[1]]);
    let mut previous = vec![0];
    let mut gap = Vec::new();
    let mut gaps = Gaps::new(document, cover);
    let mut number = 0;
    while let Some(leaf) =
        gaps.step(|leaf| document.bytes(document.leaf(leaf).content).starts_with(b"enc1."), &mut gap)
    {
        let Some(leaf) = leaf else {
            let eof = [u8::from(field("eof").is_some())];
            let mut rest = Vec::new();
            push_lp(&mut rest, &gap);
            let end = mac(&key, &[&[2], &previous, &eof, &rest]);
            return (end[..16] != bytes(&field("end")?)).then(|| "end".to_owned());
        };
        number += 1;
        let leaf = document.leaf(leaf);
        let token = String::from_utf8_lossy(document.bytes(leaf.content)).into_owned();
        let (value, link) = token["enc1.".len()..].split_once('.').expect("a token");
        let (value, link) = (bytes(value), bytes(link));
        let mut path = Vec::new();
        document.encode_path(leaf.node, &mut path);
        let mut rest = Vec::new();
        push_lp(&mut rest, &value);
        push_lp(&mut rest, &path);
        push_lp(&mut rest, &gap);
        if mac(&key, &[&[1], &previous, &rest])[..16] != link {
            return Some(format!("link {number}"));
        }
        let mut container = Vec::new();
        document.encode_path(document.node(leaf.node).parent, &mut container);
        previous = vec![1];
        previous.extend(&value[3..9]);
        push_lp(&mut previous, &container);
    }
    None
}
