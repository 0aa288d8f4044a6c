//! Sections 3 and 6 of the format, written down once more: the links say whether the events are right.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dekko::document::{Cover, Document, Gaps, LeafId, push_lp};
use dekko::format::Format;
use hmac::{Hmac, Mac};
use sha2::Sha256;

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).expect("hex")).collect()
}

/// A sealed document and the key of its links.
pub struct Chain<'d> {
    document: &'d Document,
    cover: Cover,
    key: Vec<u8>,
}

impl<'d> Chain<'d> {
    pub fn of(format: &dyn Format, document: &'d Document, dek: &str) -> Self {
        let field = |name| field(document, name).unwrap_or_default();
        let prk = mac(&URL_SAFE_NO_PAD.decode(field("id")).expect("base64url"), &unhex(dek));
        let cover = if field("cover") == "all" { Cover::All } else { Cover::Encrypted };
        let mut info = b"dekko/v1 link\0".to_vec();
        info.extend([format.code(), if cover == Cover::All { 1 } else { 2 }]);
        info.extend(URL_SAFE_NO_PAD.decode(field("epoch")).expect("base64url"));
        push_lp(&mut info, field("policy").as_bytes());
        push_lp(&mut info, field("scope").as_bytes());
        info.push(1);
        Self { document, cover, key: mac(&prk, &info) }
    }

    pub fn verify(&self, name: &str) {
        let document = self.document;
        let mut gaps = Gaps::new(document, self.cover);
        let mut gap = Vec::new();
        let mut previous = vec![0];
        let mut count = 0;
        while let Some(leaf) = gaps.step(|leaf| token(document, leaf).is_some(), &mut gap) {
            let Some((leaf, (v, link))) = leaf.map(|leaf| (leaf, token(document, leaf).expect("a token")))
            else {
                let mut message = vec![2];
                message.extend(&previous);
                message.push(u8::from(field(document, "eof").is_some()));
                push_lp(&mut message, &gap);
                let end = URL_SAFE_NO_PAD.encode(&mac(&self.key, &message)[..16]);
                assert_eq!(Some(end), field(document, "end"), "{name}: end");
                continue;
            };
            let node = document.leaf(leaf).node;
            let mut path = Vec::new();
            document.encode_path(node, &mut path);
            let mut message = vec![1];
            message.extend(&previous);
            push_lp(&mut message, &v);
            push_lp(&mut message, &path);
            push_lp(&mut message, &gap);
            assert_eq!(mac(&self.key, &message)[..16], link, "{name}: link of {}", document.path_of(node));
            let mut container = Vec::new();
            document.encode_path(document.node(node).parent, &mut container);
            previous = vec![1];
            previous.extend(&v[3..9]);
            push_lp(&mut previous, &container);
            count += 1;
        }
        assert!(count > 0, "{name}: no token");
    }
}

fn field(document: &Document, name: &str) -> Option<String> {
    let block = document.block.as_ref().expect("a sealed document has a block");
    block.fields.iter().find(|field| field.name == name).map(|field| field.value.clone())
}

/// V and the link of a leaf that is a token.
fn token(document: &Document, leaf: LeafId) -> Option<(Vec<u8>, Vec<u8>)> {
    let text = std::str::from_utf8(document.bytes(document.leaf(leaf).content)).ok()?;
    let (v, link) = text.strip_prefix("enc1.")?.split_once('.')?;
    Some((URL_SAFE_NO_PAD.decode(v).ok()?, URL_SAFE_NO_PAD.decode(link).ok()?))
}
