//! Small files of the user's: tokens, certificates, credentials.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

/// The longest that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// The text of a file; `None` when it cannot be read, is no file of its own or too long.
pub(in crate::provider) fn small_file(path: &Path) -> Option<Zeroizing<String>> {
    // A pipe that nobody writes to would be waited for.
    let file = path.is_file().then(|| File::open(path).ok())??;
    let mut text = Zeroizing::new(String::with_capacity(4 << 10));
    let length = file.take(LONGEST + 1).read_to_string(&mut text).ok()?;
    u64::try_from(length).is_ok_and(|length| length <= LONGEST).then_some(text)
}
