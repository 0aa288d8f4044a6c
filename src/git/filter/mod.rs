//! The filter that `git add` runs (gitattributes(5), "Long Running Filter Process"): plain text that must be encrypted is
//! encrypted on its way into the repository; nothing is decrypted on the way out.
//!
//! git also asks for the way out as soon as a filter is *required*, and gives up a checkout when the filter does not know
//! it. So that is answered, with what came.

mod clean;
mod memory;
mod packet;

use std::io::{Read, Write};

use crate::error::Result;

use packet::{Content, Reader, Writer, odd};

pub(super) use clean::memory_folder;
pub use clean::{Cleaned, Cleaner, Done};
pub(super) use memory::forget;

/// The most bytes of one file.
const LIMIT: usize = 1 << 30;

/// Gives what is stored for a path and its content, or `None` when nothing may be.
pub type Clean<'c> = &'c mut dyn FnMut(&[u8], Vec<u8>) -> Option<Vec<u8>>;

/// Answers git, with what `clean` gives, until it ends.
///
/// # Errors
/// [`crate::error::Error::Git`] for what is not the protocol, version 2; [`crate::error::Error::Io`].
pub fn serve(input: impl Read, output: impl Write, clean: Clean<'_>) -> Result<()> {
    let (mut reader, mut writer) = (Reader::new(input), Writer::new(output));
    let greeting = reader.list()?.unwrap_or_default();
    let has = |lines: &[Vec<u8>], line: &str| lines.iter().any(|known| known == line.as_bytes());
    if !has(&greeting, "git-filter-client") || !has(&greeting, "version=2") {
        return Err(odd("it does not speak version 2 of the protocol; only git starts this command"));
    }
    writer.list(&["git-filter-server", "version=2"])?;
    let offered = reader.list()?.unwrap_or_default();
    let mut capabilities = vec!["capability=clean", "capability=smudge"];
    capabilities.retain(|capability| has(&offered, capability));
    writer.list(&capabilities)?;
    while let Some(head) = reader.list()? {
        let field = |name: &str| head.iter().find_map(|line| line.strip_prefix(name.as_bytes()));
        let content = reader.content(LIMIT)?;
        let answer = match (field("command="), field("pathname="), content) {
            (Some(b"clean"), Some(path), Content::Whole(content)) => clean(path, content),
            (Some(b"smudge"), _, Content::Whole(content)) => Some(content),
            _ => None,
        };
        match answer {
            Some(content) => {
                writer.list(&["status=success"])?;
                writer.content(&content)?;
                writer.list(&[])?;
            }
            None => writer.list(&["status=error"])?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(lists: &[&[&str]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        lists.iter().for_each(|list| Writer::new(&mut bytes).list(list).unwrap());
        bytes
    }

    #[test]
    fn git_is_answered_as_its_manual_says() {
        let mut input = packets(&[
            &["git-filter-client", "version=2"],
            &["capability=clean", "capability=smudge", "capability=delay"],
            &["command=clean", "pathname=a b"],
        ]);
        let mut more = Writer::new(&mut input);
        more.content(b"plain").unwrap();
        more.list(&["command=smudge", "pathname=c"]).unwrap();
        more.content(b"sealed").unwrap();
        more.list(&["command=clean", "pathname=bad"]).unwrap();
        more.content(b"x").unwrap();
        more.list(&["command=other"]).unwrap();
        more.content(b"").unwrap();
        let mut output = Vec::new();
        let mut clean = |path: &[u8], content: Vec<u8>| (path != b"bad").then(|| [path, &content].concat());
        serve(&input[..], &mut output, &mut clean).unwrap();
        let mut expected = packets(&[
            &["git-filter-server", "version=2"],
            &["capability=clean", "capability=smudge"],
            &["status=success"],
        ]);
        let mut more = Writer::new(&mut expected);
        more.content(b"a bplain").unwrap();
        more.list(&[]).unwrap();
        more.list(&["status=success"]).unwrap();
        more.content(b"sealed").unwrap();
        more.list(&[]).unwrap();
        more.list(&["status=error"]).unwrap();
        more.list(&["status=error"]).unwrap();
        assert_eq!(output, expected);
    }

    #[test]
    fn who_does_not_speak_the_protocol_is_refused() {
        for lists in [&[][..], &[&["hello"][..]], &[&["git-filter-client", "version=3"][..]]] {
            let input = packets(lists);
            assert!(serve(&input[..], Vec::new(), &mut |_, content| Some(content)).is_err(), "{lists:?}");
        }
    }
}
