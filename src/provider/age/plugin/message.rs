//! The messages that a plugin and its client send each other: stanzas, as in the header of an age file.

use std::io::{self, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use zeroize::Zeroizing;

/// Characters of Base64 in a full line of a body; a shorter line ends it.
const LINE: usize = 64;

/// One message: a command, its arguments, and a body that may be secret.
pub(super) struct Message {
    pub(super) tag: String,
    pub(super) args: Vec<String>,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Message {
    /// Reads a message from the lines that `next` gives, without their line feeds.
    ///
    /// # Errors
    ///
    /// Those of `next`, and in words when it is no message.
    pub(super) fn read(mut next: impl FnMut() -> Result<Zeroizing<Vec<u8>>, String>) -> Result<Self, String> {
        let unclear = || "it does not speak as a plugin of age does".to_owned();
        let head = next()?;
        let head =
            std::str::from_utf8(&head).ok().and_then(|head| head.strip_prefix("-> ")).ok_or_else(unclear)?;
        let mut words = head.split(' ').map(str::to_owned);
        let tag = words.next().ok_or_else(unclear)?;
        let args: Vec<_> = words.collect();
        let visible = |word: &String| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
        if !visible(&tag) || !args.iter().all(visible) {
            return Err(unclear());
        }
        let mut encoded = Zeroizing::new(Vec::new());
        loop {
            let line = next()?;
            encoded.extend_from_slice(&line);
            if line.len() > LINE {
                return Err(unclear());
            }
            if line.len() < LINE {
                break;
            }
        }
        let body = BASE64_STANDARD_NO_PAD.decode(&*encoded).map_err(|_| unclear())?;
        Ok(Self { tag, args, body: Zeroizing::new(body) })
    }

    /// The body as text, for a person.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Writes a message.
pub(super) fn send(output: &mut dyn Write, tag: &str, args: &[&str], body: &[u8]) -> io::Result<()> {
    let mut text = Zeroizing::new(String::with_capacity(2 * body.len() + 1024));
    text.push_str("-> ");
    text.push_str(tag);
    for arg in args {
        text.push(' ');
        text.push_str(arg);
    }
    text.push('\n');
    let lines = body.chunks(LINE / 4 * 3);
    // A body that fills its last line is ended by an empty one.
    let full = lines.len() * (LINE / 4 * 3) == body.len();
    for line in lines {
        BASE64_STANDARD_NO_PAD.encode_string(line, &mut text);
        text.push('\n');
    }
    if full {
        text.push('\n');
    }
    output.write_all(text.as_bytes())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::{Message, send};

    fn read(text: &[u8]) -> Result<Message, String> {
        let mut lines = text.split_inclusive(|byte| *byte == b'\n');
        Message::read(|| {
            let line = lines.next().and_then(|line| line.strip_suffix(b"\n")).ok_or("the end")?;
            Ok(Zeroizing::new(line.to_vec()))
        })
    }

    #[test]
    fn what_is_sent_is_read_back_for_bodies_of_every_length() {
        for length in 0..200 {
            let body: Vec<u8> = (0..length).collect();
            let mut text = Vec::new();
            send(&mut text, "file-key", &["0", "x"], &body).unwrap();
            let message = read(&text).unwrap();
            assert_eq!((message.tag.as_str(), message.args.join(",")), ("file-key", "0,x".to_owned()));
            assert_eq!(*message.body, body);
            assert!(read(&text[..text.len() - 1]).is_err());
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "\n",
            "->\n\n",
            "-> \n\n",
            "-> a  b\n\n",
            "-> a\u{7}\n\n",
            "-> a\n=\n",
            "-> a\nAA==\n",
            "-> a\nAB\n",
            "x\n",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(read(format!("-> a\n{}\n", "A".repeat(65)).as_bytes()).is_err());
    }
}
