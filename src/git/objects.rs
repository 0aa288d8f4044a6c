//! Contents by name out of one running `git cat-file --batch`.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::command::{Git, broken, path_of};
use crate::error::{Error, Result};
use crate::fs::FILE_LIMIT;

/// An object as git holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its id, in hexadecimal digits (40 of SHA-1, 64 of SHA-256).
    pub id: String,
    /// `blob`, `tree`, `commit` or `tag`.
    pub kind: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A running `git cat-file --batch`; ends when it is dropped.
pub struct Objects {
    git: Git,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Objects {
    /// Starts it for the repository that `git` is in.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be started.
    pub fn open(git: &Git) -> Result<Self> {
        let mut command = git.command(["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|source| Error::Io { action: "start git", source })?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Internal { what: "git runs without pipes".to_owned() });
        };
        Ok(Self {
            git: git.clone(),
            child,
            input: Some(input),
            output: BufReader::with_capacity(1 << 16, output),
        })
    }

    /// The object that `name` means (an id, `:path` of the index, `commit:path`); `None` when there is none.
    ///
    /// # Errors
    /// [`Error::Git`] when git ends or answers what it never does; `limit` for an object larger than 1 GiB.
    pub fn find(&mut self, name: impl AsRef<[u8]>) -> Result<Option<Object>> {
        let name = name.as_ref();
        if name.contains(&b'\n') {
            // The batch is asked by lines.
            let arguments = ["rev-parse", "--verify", "--quiet"].map(OsString::from).into_iter();
            let arguments = arguments.chain([path_of(name).into_os_string()]);
            return match self.git.answer("give out objects", arguments)? {
                Some(id) => self.find(id),
                None => Ok(None),
            };
        }
        let input = self.input.as_mut().ok_or_else(|| odd("has ended"))?;
        let line = [name, b"\n"].concat();
        input.write_all(&line).and_then(|()| input.flush()).map_err(broken)?;
        self.answer()
    }

    /// The objects called `names` (ids), one after the other in their order, each given to `take` with its place in
    /// `names`; `None` for one that there is not, an error of class `limit` for one that is too large. All names are asked
    /// for at once: git does not wait for us.
    ///
    /// # Errors
    /// As [`Objects::find`], and what `take` says.
    pub fn each(
        mut self,
        names: &[&str],
        mut take: impl FnMut(usize, Result<Option<Object>>) -> Result<()>,
    ) -> Result<()> {
        let mut input = self.input.take().ok_or_else(|| odd("has ended"))?;
        let lines: Vec<u8> = names.iter().flat_map(|name| name.bytes().chain([b'\n'])).collect();
        // git stops reading when nobody takes its answers: both go on at once. A failure to write shows in the answers.
        let writer = std::thread::spawn(move || drop(input.write_all(&lines)));
        let mut result = Ok(());
        for at in 0..names.len() {
            let object = self.answer();
            let is_lost = matches!(&object, Err(error) if error.class().is_none());
            result = if is_lost { object.map(drop) } else { take(at, object) };
            if result.is_err() {
                break;
            }
        }
        drop(self);
        // It ends when git does, at the latest.
        let _ = writer.join();
        result
    }

    /// The next answer.
    fn answer(&mut self) -> Result<Option<Object>> {
        let mut header = Vec::new();
        self.output.read_until(b'\n', &mut header).map_err(broken)?;
        let header = header.strip_suffix(b"\n").ok_or_else(|| odd("it ended"))?;
        if header.ends_with(b" missing") || header.ends_with(b" ambiguous") {
            return Ok(None);
        }
        let header = String::from_utf8_lossy(header);
        let mut words = header.split(' ');
        let (Some(id), Some(kind), Some(size)) = (words.next(), words.next(), words.next()) else {
            return Err(odd("its answer cannot be read"));
        };
        let size: u64 = size.parse().map_err(|_| odd("its answer cannot be read"))?;
        if size > FILE_LIMIT {
            io::copy(&mut (&mut self.output).take(size.saturating_add(1)), &mut io::sink())
                .map_err(broken)?;
            return Err(Error::refused(crate::error::Class::Limit, None, "an object is larger than 1 GiB"));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
        (&mut self.output).take(size + 1).read_to_end(&mut bytes).map_err(broken)?;
        if bytes.pop() != Some(b'\n') || bytes.len() as u64 != size {
            return Err(odd("its answer is cut off"));
        }
        Ok(Some(Object { id: id.to_owned(), kind: kind.to_owned(), bytes }))
    }
}

fn odd(reason: &str) -> Error {
    Error::Git { action: "give out objects", reason: reason.to_owned() }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It only reads; an answer that nobody took would keep it waiting for ever.
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
