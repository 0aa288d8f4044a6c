//! What of a file that is encrypted as a whole can be told without a key: whether its payload can be one.

/// Bytes of plain text in a chunk (section 8, "Binary").
const CHUNK: usize = 64 << 10;

/// Bytes that the cipher adds to a chunk.
const TAG: usize = 16;

/// As many bytes of text in a row do not come out of a cipher: less than one of two random bytes goes on as text does,
/// and so among 2^30 places this is found by chance once in millions of files.
const TEXT: usize = 48;

/// Why `payload` is not what encryption makes.
pub(super) fn fault(payload: &[u8]) -> Option<&'static str> {
    let last = payload.len() % (CHUNK + TAG);
    // Only an empty file has a chunk without content.
    let is_whole = last == 0 || last > TAG;
    if !(is_whole && !payload.is_empty() || payload.len() == TAG) {
        return Some("is not encrypted: behind its metadata stands no whole payload");
    }
    has_text(payload).then_some("is not encrypted: text stands where its payload should be")
}

/// Whether text stands in a row somewhere in `bytes`.
fn has_text(bytes: &[u8]) -> bool {
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    bytes.utf8_chunks().any(|chunk| chunk.valid().split(|c| !is_text(c)).any(|run| run.len() >= TEXT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_has_whole_chunks_and_no_text() {
        for length in [16, 17, 100, CHUNK + TAG, CHUNK + TAG + 17, 2 * (CHUNK + TAG)] {
            assert_eq!(fault(&vec![0xfe; length]), None, "{length}");
        }
        for length in [0, 1, 15, CHUNK + TAG + 1, CHUNK + TAG + 16] {
            assert!(fault(&vec![0xfe; length]).is_some(), "{length}");
        }
        let mixed = |text: &str| [&[0xfe; 50], text.as_bytes(), &[0; 50]].concat();
        assert!(fault(&mixed(&"password: \u{fc}x\n".repeat(8))).is_some());
        assert_eq!(fault(&mixed("short: text")), None);
    }
}
