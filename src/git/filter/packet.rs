//! Packet lines (gitprotocol-common(5)): four hexadecimal digits of length, themselves counted, then the content; a
//! length of zero is a flush.

use std::io::{ErrorKind, Read, Write};

use crate::error::{Error, Result};

/// The most bytes of a packet, length included (gitprotocol-common(5)).
const LONGEST: usize = 65520;

/// The most bytes of a list of lines: names of files and little else.
const LONGEST_LIST: usize = 1 << 20;

/// What stands next.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// A packet; its content was appended.
    Packet,
    Flush,
    /// Nothing: the other side has ended between two packets.
    End,
}

/// A content that was read to its flush.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    Whole(Vec<u8>),
    /// It was larger than wanted, and is gone.
    TooLarge,
}

/// Reads packets; whatever the other side sends, no more is held than was asked for.
pub(super) struct Reader<R> {
    input: R,
}

impl<R: Read> Reader<R> {
    pub fn new(input: R) -> Self {
        Self { input }
    }

    /// The lines up to the next flush, without their line breaks; `None` at the end of the input.
    ///
    /// # Errors
    /// [`Error::Git`] for what are no packet lines, [`Error::Io`].
    pub fn list(&mut self) -> Result<Option<Vec<Vec<u8>>>> {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let mut size = 0;
        loop {
            let mut line = Vec::new();
            match self.next(&mut line)? {
                Next::Flush => return Ok(Some(lines)),
                Next::End if lines.is_empty() => return Ok(None),
                Next::End => return Err(odd("it ended in the middle of a list")),
                Next::Packet => {}
            }
            // An empty packet counts, too: there may be no end of them.
            size += line.len() + 4;
            if size > LONGEST_LIST {
                return Err(odd("its list has no end"));
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            lines.push(line);
        }
    }

    /// The content up to the next flush, of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`Reader::list`].
    pub fn content(&mut self, limit: usize) -> Result<Content> {
        let mut content = Vec::new();
        let mut is_too_large = false;
        loop {
            match self.next(&mut content)? {
                Next::Flush if is_too_large => return Ok(Content::TooLarge),
                Next::Flush => return Ok(Content::Whole(content)),
                Next::End => return Err(odd("it ended in the middle of a content")),
                Next::Packet => {}
            }
            if is_too_large || content.len() > limit {
                (is_too_large, content) = (true, Vec::new());
            }
        }
    }

    /// Reads one packet and appends what it holds.
    fn next(&mut self, out: &mut Vec<u8>) -> Result<Next> {
        let mut digits = [0; 4];
        let mut count = 0;
        while count < digits.len() {
            match self.input.read(&mut digits[count..]) {
                Ok(0) if count == 0 => return Ok(Next::End),
                Ok(0) => return Err(odd("it ended in the middle of a packet")),
                Ok(more) => count += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Io { action: "read from git", source }),
            }
        }
        let length = length(digits).ok_or_else(|| odd("a packet has no valid length"))?;
        if length == 0 {
            return Ok(Next::Flush);
        }
        let wanted = length.checked_sub(4).ok_or_else(|| odd("a packet has no valid length"))?;
        let before = out.len();
        let mut packet = (&mut self.input).take(wanted as u64);
        packet.read_to_end(out).map_err(|source| Error::Io { action: "read from git", source })?;
        if out.len() - before == wanted {
            Ok(Next::Packet)
        } else {
            Err(odd("it ended in the middle of a packet"))
        }
    }
}

/// The length that `digits` say.
fn length(digits: [u8; 4]) -> Option<usize> {
    let text =
        std::str::from_utf8(&digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    usize::from_str_radix(text, 16).ok().filter(|length| *length <= LONGEST)
}

/// Writes packets.
pub(super) struct Writer<W> {
    output: W,
}

impl<W: Write> Writer<W> {
    pub fn new(output: W) -> Self {
        Self { output }
    }

    /// Writes `lines`, each with a line break, and a flush.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn list(&mut self, lines: &[&str]) -> Result<()> {
        for line in lines {
            self.packet(format!("{line}\n").as_bytes())?;
        }
        self.flush()
    }

    /// Writes `content` in as many packets as it takes, and a flush.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn content(&mut self, content: &[u8]) -> Result<()> {
        content.chunks(LONGEST - 4).try_for_each(|chunk| self.packet(chunk))?;
        self.flush()
    }

    fn packet(&mut self, content: &[u8]) -> Result<()> {
        let head = format!("{:04x}", content.len() + 4);
        let written = self.output.write_all(head.as_bytes()).and_then(|()| self.output.write_all(content));
        written.map_err(|source| Error::Io { action: "write to git", source })
    }

    fn flush(&mut self) -> Result<()> {
        let written = self.output.write_all(b"0000").and_then(|()| self.output.flush());
        written.map_err(|source| Error::Io { action: "write to git", source })
    }
}

pub(super) fn odd(reason: &str) -> Error {
    Error::Git { action: "speak with the filter", reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Option<Vec<Vec<u8>>>> {
        Reader::new(bytes).list()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut bytes = Vec::new();
        let content: Vec<u8> = (0..200_000u32).map(|at| at.to_le_bytes()[0]).collect();
        let mut writer = Writer::new(&mut bytes);
        writer.list(&["a=b", ""]).unwrap();
        writer.content(&content).unwrap();
        writer.content(b"").unwrap();
        let mut reader = Reader::new(&bytes[..]);
        assert_eq!(reader.list().unwrap(), Some(vec![b"a=b".to_vec(), Vec::new()]));
        assert_eq!(reader.content(usize::MAX).unwrap(), Content::Whole(content));
        assert_eq!(reader.content(0).unwrap(), Content::Whole(Vec::new()));
        assert_eq!(reader.list().unwrap(), None);
    }

    #[test]
    fn what_are_no_packets_is_refused() {
        for bytes in [
            &b"0"[..],
            b"000",
            b"0001",
            b"0003x",
            b"0005",
            b"000zx",
            b"+005x",
            b"0005a",
            b"fff1a",
            b"ffff",
            b"0009a=b",
            b"\0\0\0\0",
            b"-001",
        ] {
            assert!(matches!(read(bytes), Err(Error::Git { .. })), "{bytes:?}");
        }
        assert_eq!(read(b"").unwrap(), None);
        assert_eq!(read(b"0000").unwrap(), Some(Vec::new()));
        let endless = b"0004".repeat(LONGEST_LIST / 4 + 2);
        assert!(read(&endless).is_err());
    }

    #[test]
    fn what_is_too_large_is_read_past() {
        let bytes = [&b"0008aaaa0008bbbb0000"[..], b"0005c0000"].concat();
        let mut reader = Reader::new(&bytes[..]);
        assert_eq!(reader.content(7).unwrap(), Content::TooLarge);
        assert_eq!(reader.content(7).unwrap(), Content::Whole(b"c".to_vec()));
        assert!(reader.content(7).is_err());
    }
}
