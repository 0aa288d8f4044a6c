//! The law of a replacement: old or new, whole; nothing left; no success without the work done.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Expected, Readers, Step, check_writable, replace, write_new_private};
use crate::error::{Error, Result};

thread_local! {
    static FAULT: Cell<Option<Step>> = const { Cell::new(None) };
}

thread_local! {
    /// A folder, and the names in it when a text was written and not yet renamed.
    static LOOK: RefCell<Option<(PathBuf, Vec<String>)>> = const { RefCell::new(None) };
}

pub(super) fn fault(step: Step) -> io::Result<()> {
    if step == Step::SyncFile {
        LOOK.with_borrow_mut(|look| {
            if let Some((folder, seen)) = look {
                *seen = names(folder);
            }
        });
    }
    match FAULT.get() {
        Some(chosen) if chosen == step => Err(io::Error::other("injected")),
        _ => Ok(()),
    }
}

const STEPS: [Step; 10] = [
    Step::Open,
    Step::Lock,
    Step::Reread,
    Step::Sweep,
    Step::Create,
    Step::Write,
    Step::Chmod,
    Step::SyncFile,
    Step::Rename,
    Step::SyncFolder,
];

fn desk_with(text: &str) -> (tempfile::TempDir, PathBuf) {
    let desk = tempfile::tempdir().unwrap();
    let path = desk.path().join("a.yaml");
    fs::write(&path, text).unwrap();
    (desk, path)
}

fn put(path: &Path, old: &str, new: &str) -> Result<()> {
    replace(path, &Expected::Bytes(old.as_bytes()), new.as_bytes(), Readers::AsBefore, None)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_fault_at_any_step_leaves_the_old_file_or_the_new_one_whole_and_nothing_else() {
    for step in STEPS {
        let (desk, path) = desk_with("old");
        FAULT.set(Some(step));
        let outcome = put(&path, "old", "new");
        FAULT.set(None);
        let error = outcome.expect_err("a failed step is a failure");
        assert!(matches!(error.bare(), Error::Io { .. }), "{step:?}: {error}");
        let expected = if step == Step::SyncFolder { "new" } else { "old" };
        assert_eq!(fs::read_to_string(&path).unwrap(), expected, "{step:?}");
        assert_eq!(names(desk.path()), ["a.yaml"], "{step:?}");
    }
}

#[test]
fn a_fault_at_any_step_of_a_new_file_leaves_none_or_the_whole_file() {
    for step in STEPS {
        let desk = tempfile::tempdir().unwrap();
        let path = desk.path().join("plain");
        FAULT.set(Some(step));
        write_new_private(&path, b"new").expect_err("a failed step is a failure");
        FAULT.set(None);
        match step {
            Step::SyncFolder => assert_eq!(fs::read(&path).unwrap(), b"new"),
            _ => assert_eq!(names(desk.path()), [""; 0], "{step:?}"),
        }
    }
}

#[test]
fn a_replaced_file_holds_the_new_text() {
    let (desk, path) = desk_with("old");
    put(&path, "old", "new").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(names(desk.path()), ["a.yaml"]);
}

#[test]
fn a_file_that_changed_meanwhile_is_not_replaced() {
    for found in ["olds", "ol", "odd", ""] {
        let (_desk, path) = desk_with(found);
        let error = put(&path, "old", "new").unwrap_err();
        assert!(matches!(error.bare(), Error::ChangedMeanwhile));
        assert_eq!(fs::read_to_string(&path).unwrap(), found);
        fs::remove_file(&path).unwrap();
        assert!(matches!(put(&path, "old", "new").unwrap_err().bare(), Error::ChangedMeanwhile));
    }
    let (_desk, path) = desk_with("");
    let error = replace(&path, &Expected::Absent, b"new", Readers::AsBefore, None).unwrap_err();
    assert!(matches!(error.bare(), Error::ChangedMeanwhile));
}

#[test]
fn temporary_files_of_a_crashed_run_are_removed_and_no_others() {
    let (desk, path) = desk_with("old");
    let stays = [".a.yaml.0123456789abcde.tmp", ".a.yaml.swp", ".b.yaml.0123456789abcdef.tmp", "a.yaml"];
    for name in stays.iter().take(3).chain(&[".a.yaml.0123456789abcdef.tmp"]) {
        fs::write(desk.path().join(name), "x").unwrap();
    }
    put(&path, "old", "new").unwrap();
    assert_eq!(names(desk.path()), stays);
}

#[test]
fn a_file_with_a_very_long_name_is_replaced() {
    let desk = tempfile::tempdir().unwrap();
    let path = desk.path().join("n".repeat(255));
    fs::write(&path, "old").unwrap();
    put(&path, "old", "new").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
}

#[test]
fn one_of_many_writers_wins_and_the_others_are_told() {
    let (desk, path) = desk_with("old");
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..16)
            .map(|n| {
                scope.spawn({
                    let path = &path;
                    move || put(path, "old", &format!("new {n}"))
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let won: Vec<_> =
        outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_ok()).map(|(n, _)| n).collect();
    let lost = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(lost.into_iter().all(|error| matches!(error.bare(), Error::ChangedMeanwhile)));
    assert_eq!(won.len(), 1);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("new {}", won[0]));
    assert_eq!(names(desk.path()), ["a.yaml"]);
}

#[test]
fn a_new_private_file_never_takes_the_place_of_another() {
    let (_desk, path) = desk_with("mine");
    let error = write_new_private(&path, b"new").unwrap_err().to_string();
    assert!(error.ends_with("cannot write: the file exists already"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn the_mode_stays_and_plaintext_is_for_its_owner_alone() {
    for old in [0o600, 0o640, 0o644, 0o664, 0o755] {
        let (_desk, path) = desk_with("old");
        chmod(&path, old);
        put(&path, "old", "new").unwrap();
        assert_eq!(mode(&path), old);
        replace(&path, &Expected::Bytes(b"new"), b"plain", Readers::Owner, None).unwrap();
        assert_eq!(mode(&path), 0o600);
        let private = path.with_extension("plain");
        write_new_private(&private, b"plain").unwrap();
        assert_eq!(mode(&private), 0o600);
        let shared = path.with_extension("new");
        replace(&shared, &Expected::Absent, b"new", Readers::AsBefore, None).unwrap();
        // The umask of the test's process decides; nobody but the owner may ever write.
        assert_eq!(mode(&shared) & 0o733, 0o600);
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_stays_and_its_file_is_replaced() {
    let (desk, path) = desk_with("old");
    fs::create_dir(desk.path().join("links")).unwrap();
    let link = desk.path().join("links/link");
    std::os::unix::fs::symlink("../a.yaml", &link).unwrap();
    put(&link, "old", "new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_the_repository_is_refused() {
    let (desk, path) = desk_with("old");
    let root = desk.path().join("repository");
    fs::create_dir(&root).unwrap();
    let link = root.join("a.yaml");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let text = Expected::Bytes(b"old");
    let outside = |path: &Path| {
        let error = replace(path, &text, b"new", Readers::AsBefore, Some(&root)).unwrap_err();
        assert!(matches!(error.bare(), Error::Outside));
        assert!(matches!(check_writable(path, Some(&root)).unwrap_err().bare(), Error::Outside));
    };
    outside(&link);
    outside(&root.join("../a.yaml"));
    outside(&root.join("../absent.yaml"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    replace(&link, &text, b"new", Readers::AsBefore, Some(desk.path())).unwrap();
}

#[cfg(unix)]
#[test]
fn a_dangling_link_is_refused() {
    let desk = tempfile::tempdir().unwrap();
    let link = desk.path().join("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    replace(&link, &Expected::Absent, b"new", Readers::AsBefore, None).unwrap_err();
    assert_eq!(names(desk.path()), ["link"]);
}

#[cfg(unix)]
#[test]
fn a_file_with_several_names_is_refused() {
    let (desk, path) = desk_with("old");
    fs::hard_link(&path, desk.path().join("other")).unwrap();
    assert!(matches!(put(&path, "old", "new").unwrap_err().bare(), Error::HardLinks));
    assert!(matches!(check_writable(&path, None).unwrap_err().bare(), Error::HardLinks));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
}

#[cfg(unix)]
#[test]
fn a_folder_is_not_taken_for_a_file_with_several_names() {
    let desk = tempfile::tempdir().unwrap();
    fs::create_dir_all(desk.path().join("folder/below")).unwrap();
    check_writable(&desk.path().join("folder"), None).unwrap();
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_known_before_the_work() {
    let (desk, path) = desk_with("old");
    check_writable(&path, None).unwrap();
    check_writable(&desk.path().join("new"), None).unwrap();
    assert!(check_writable(&desk.path().join("absent/new"), None).is_err());
    assert_eq!(names(desk.path()), ["a.yaml"]);
    // Modes do not bind root; the rest shows only to others.
    if rustix::process::geteuid().is_root() {
        return;
    }
    chmod(&path, 0o444);
    assert!(check_writable(&path, None).is_err());
    chmod(&path, 0o644);
    chmod(desk.path(), 0o555);
    assert!(check_writable(&path, None).is_err());
    chmod(desk.path(), 0o755);
}

#[cfg(target_os = "linux")]
#[test]
fn plain_text_has_no_name_before_it_is_whole() {
    use super::Folder;
    let (desk, path) = desk_with("old");
    let seen_while = |write: &dyn Fn() -> Result<()>| {
        LOOK.set(Some((desk.path().to_owned(), Vec::new())));
        write().unwrap();
        LOOK.take().unwrap().1
    };
    let other = desk.path().join("b.yaml");
    if Folder::open(desk.path()).unwrap().create_unnamed().unwrap().is_none() {
        return;
    }
    let put = |path: &Path, expected, readers| replace(path, &expected, b"new", readers, None);
    let seen = seen_while(&|| put(&path, Expected::Bytes(b"old"), Readers::Owner));
    assert_eq!(seen, ["a.yaml"]);
    let seen = seen_while(&|| put(&other, Expected::Absent, Readers::Owner));
    assert_eq!(seen, ["a.yaml"]);
    assert_eq!((mode(&path), mode(&other)), (0o600, 0o600));
    assert_eq!((fs::read(&path).unwrap(), fs::read(&other).unwrap()), (b"new".to_vec(), b"new".to_vec()));
    assert_eq!(names(desk.path()), ["a.yaml", "b.yaml"]);
    // What is encrypted may have a temporary name: nobody is hurt by what is left of it.
    assert_eq!(seen_while(&|| put(&path, Expected::Bytes(b"new"), Readers::AsBefore)).len(), 3);
}
