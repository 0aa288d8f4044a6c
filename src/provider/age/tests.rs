//! Where identities come from, and what is said when they are of no use.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{generate, identities};
use crate::crypto::{DataKey, FileId};
use crate::environment::Environment;
use crate::error::{Attempt, Error, Result};
use crate::provider::{Prompt, Session, Wrap, recipient, unwrap, wrap};

const FILE: FileId = FileId([7; 16]);

/// Somebody at the terminal who answers everything alike.
#[derive(Default)]
pub(super) struct Person {
    pub(super) absent: bool,
    pub(super) answer: String,
    pub(super) heard: Mutex<Vec<String>>,
}

impl Person {
    fn hear(&self, text: &str) {
        self.heard.lock().unwrap().push(text.to_owned());
    }
}

impl Prompt for Person {
    fn is_present(&self) -> bool {
        !self.absent
    }

    fn tell(&self, message: &str) {
        self.hear(message);
    }

    fn passphrase(&self, question: &str) -> Option<Zeroizing<String>> {
        self.hear(question);
        self.is_present().then(|| Zeroizing::new(self.answer.clone()))
    }

    fn line(&self, question: &str) -> Option<String> {
        self.hear(question);
        self.is_present().then(|| self.answer.clone())
    }

    fn confirm(&self, question: &str, yes: &str, no: Option<&str>) -> Option<bool> {
        self.hear(&format!("{question} {yes} {no:?}"));
        self.is_present().then_some(true)
    }
}

/// A home folder, variables, and somebody who may be there.
pub(super) struct Desk {
    pub(super) home: tempfile::TempDir,
    pub(super) variables: Vec<(String, OsString)>,
    pub(super) files: Vec<PathBuf>,
    pub(super) person: Arc<Person>,
}

impl Desk {
    pub(super) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let variables = ["HOME", "USERPROFILE"].map(|name| (name.to_owned(), home.path().into()));
        let mut desk = Self {
            variables: variables.to_vec(),
            home,
            files: vec![],
            person: Arc::new(Person { absent: true, ..Person::default() }),
        };
        desk.set("XDG_CONFIG_HOME", desk.home.path().join("config"));
        desk.set("APPDATA", desk.home.path().join("config"));
        desk
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.to_owned(), value.into()));
    }

    pub(super) fn with_person(mut self, answer: &str) -> Self {
        self.person = Arc::new(Person { answer: answer.to_owned(), ..Person::default() });
        self
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(super) fn session(&self) -> Session {
        let variables = self.variables.iter().map(|(name, value)| (OsString::from(name), value.clone()));
        Session::new(Environment::new(variables), &self.files, self.person.clone())
    }

    /// Wraps a key for `recipients` and opens it again.
    pub(super) fn open(&self, recipients: &[&str]) -> Result<()> {
        let session = self.session();
        let rids: Vec<_> = recipients.iter().map(|text| recipient(text).unwrap()).collect();
        let key = DataKey::new([42; 32]);
        let made: Vec<_> = rids.iter().map(|rid| wrap(rid, &FILE, &key, &session).unwrap()).collect();
        let wraps: Vec<_> = rids.iter().zip(&made).map(|(rid, bytes)| Wrap { rid, bytes }).collect();
        unwrap(&wraps, &FILE, &session, &|key| key.expose() == &[42; 32]).map(|_| ())
    }

    pub(super) fn attempts(&self, recipients: &[&str]) -> Vec<Attempt> {
        match self.open(recipients).unwrap_err() {
            Error::NoIdentity { attempts, .. } => attempts,
            other => panic!("{other:?}"),
        }
    }
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh").join(name);
    fs::read_to_string(path).unwrap()
}

/// An age file with a passphrase around `text`; quick to open, which only a test may want.
fn locked(text: &str, passphrase: &str, armored: bool) -> Vec<u8> {
    use age::armor::{ArmoredWriter, Format};
    use std::io::Write;

    let mut recipient = age::scrypt::Recipient::new(passphrase.to_owned().into());
    recipient.set_work_factor(4);
    let encryptor =
        age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).unwrap();
    let format = if armored { Format::AsciiArmor } else { Format::Binary };
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(&mut bytes, format).unwrap()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap().finish().unwrap();
    bytes
}

#[cfg(unix)]
#[test]
fn every_source_opens_a_file() {
    for source in 0..8 {
        let (mut desk, mine) = (Desk::new(), generate());
        let text = format!("# created: today\r\n\n{}\r\n", *mine.identity);
        let file = desk.write("somewhere", &text);
        match source {
            0 => desk.files.push(file),
            1 => desk.set("DEKKO_AGE_KEY", &text),
            2 => desk.set("DEKKO_AGE_KEY_FILE", file),
            3 => desk.set("DEKKO_AGE_KEY_CMD", format!("cat '{}'", file.display())),
            4 => drop(desk.write("config/dekko/keys.txt", &text)),
            5 => desk.set("SOPS_AGE_KEY", &text),
            6 => desk.set("SOPS_AGE_KEY_FILE", file),
            _ => drop(desk.write("config/sops/age/keys.txt", &text)),
        }
        desk.open(&[&mine.recipient]).unwrap_or_else(|error| panic!("{source}: {error:?}"));
        let listed = identities(&desk.session());
        let found: Vec<_> = listed.iter().filter(|source| source.found).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].recipients, [format!("age:{}", mine.recipient)]);
        assert!(!format!("{listed:?}").contains("SECRET"));
    }
}

#[test]
fn sources_are_looked_at_in_the_order_that_is_promised() {
    let mut desk = Desk::new();
    desk.files = vec![PathBuf::from("/one"), PathBuf::from("/two")];
    for name in
        ["SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY", "DEKKO_AGE_KEY_CMD", "DEKKO_AGE_KEY_FILE", "DEKKO_AGE_KEY"]
    {
        desk.set(name, "/none");
    }
    let listed: Vec<_> = identities(&desk.session()).into_iter().map(|listed| listed.source).collect();
    let home = |name: &str| format!("'{}'", desk.home.path().join(name).display());
    let expected = [
        "--identity '/one'".to_owned(),
        "--identity '/two'".to_owned(),
        "DEKKO_AGE_KEY".to_owned(),
        "DEKKO_AGE_KEY_FILE '/none'".to_owned(),
        "DEKKO_AGE_KEY_CMD".to_owned(),
        home("config/dekko/keys.txt"),
        "SOPS_AGE_KEY".to_owned(),
        "SOPS_AGE_KEY_FILE '/none'".to_owned(),
        home("config/sops/age/keys.txt"),
        home(".ssh/id_ed25519"),
        home(".ssh/id_rsa"),
    ];
    assert_eq!(listed, expected);
}

#[cfg(unix)]
#[test]
fn a_later_source_is_not_even_looked_at_when_an_earlier_one_serves() {
    let (mut desk, mine) = (Desk::new(), generate());
    let trace = desk.home.path().join("ran");
    desk.set("DEKKO_AGE_KEY_CMD", format!("touch '{}'", trace.display()));
    desk.set("DEKKO_AGE_KEY", mine.identity.as_str());
    desk.open(&[&generate().recipient, &mine.recipient]).unwrap();
    assert!(!trace.exists());
    desk.open(&[&generate().recipient]).unwrap_err();
    assert!(trace.exists());
}

#[test]
fn a_broken_source_matters_only_when_nothing_else_serves() {
    let (mut desk, mine) = (Desk::new(), generate());
    desk.files.push(PathBuf::from("/nonexistent/keys"));
    desk.set("DEKKO_AGE_KEY", "AGE-SECRET-KEY-1WRONG");
    desk.set("SOPS_AGE_KEY", mine.identity.as_str());
    desk.open(&[&mine.recipient]).unwrap();
    let attempts = desk.attempts(&[&generate().recipient]);
    let sources: Vec<_> = attempts.iter().map(|attempt| attempt.source.as_str()).collect();
    assert_eq!(sources, ["--identity '/nonexistent/keys'", "DEKKO_AGE_KEY"]);
}

#[test]
fn a_malformed_identity_is_named_by_its_line_and_never_repeated() {
    let mine = generate();
    let broken = mine.identity.replace("SECRET-KEY-1", "SECRET-KEY-1QQQ");
    for (line, words) in [
        (broken.as_str(), "typing error"),
        (&mine.identity[..60], "typing error"),
        (&mine.identity[15..], "is not an identity"),
        (&broken.replace("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"), "age-plugin-pq"),
        (&broken.replace("AGE-SECRET-KEY-1", "AGE-PLUGIN-DEMO-1"), "of a plugin"),
        (&mine.recipient, "is a recipient"),
    ] {
        let mut desk = Desk::new();
        desk.set("DEKKO_AGE_KEY", format!("# comment\n\n{line}\n{}\n", *mine.identity));
        // The sound line beside it still serves.
        desk.open(&[&mine.recipient]).unwrap();
        let error = format!("{:?}", desk.attempts(&[&generate().recipient]));
        assert!(error.contains("line 3 ") && error.contains(words), "{error}");
        assert!(!error.contains(&mine.identity[20..40]), "{error}");
        let listed = format!("{:?}", identities(&desk.session()));
        assert!(!listed.contains(&mine.identity[20..40]), "{listed}");
    }
}

#[test]
fn sources_without_an_identity_in_them_say_so() {
    let mut desk = Desk::new();
    desk.files.push(desk.write("empty", "# nothing\n"));
    desk.files.push(desk.write("binary", [0xff, 0xfe, 0, 0]));
    desk.files.push(desk.write("large", vec![b'#'; (1 << 20) + 1]));
    desk.files.push(desk.home.path().to_owned());
    desk.files.push(desk.write("old", fixture("id_rsa_old_locked")));
    desk.files.push(desk.write("ecdsa", fixture("id_ecdsa")));
    desk.files.push(desk.write("cut", &fixture("id_ed25519")[..100]));
    let attempts = desk.attempts(&[&generate().recipient]);
    let reasons: Vec<_> = attempts.iter().map(|attempt| attempt.reason.as_str()).collect();
    assert_eq!(reasons.len(), 7, "{reasons:?}");
    let words =
        ["no identity", "UTF-8", "larger", "cannot read", "ssh-keygen", "ssh-rsa keys only", "damaged"];
    for (reason, words) in reasons.iter().zip(words) {
        assert!(reason.contains(words), "{reason}");
    }
}

#[cfg(unix)]
#[test]
fn a_command_that_fails_or_hangs_is_reported() {
    let mut desk = Desk::new();
    desk.set("DEKKO_AGE_KEY_CMD", "echo secret-words; exit 3");
    let reason = &desk.attempts(&[&generate().recipient])[0].reason;
    assert!(
        reason.contains("failed") && reason.contains('3') && !reason.contains("secret-words"),
        "{reason}"
    );
    let mut desk = Desk::new();
    desk.set("DEKKO_AGE_KEY_CMD", "exec sleep 60");
    let start = Instant::now();
    let session = desk.session().with_patience(Duration::from_millis(200));
    assert_eq!(identities(&session)[0].problems, ["it did not end in time"]);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[cfg(unix)]
#[test]
fn a_command_that_goes_on_after_its_last_word_is_not_waited_for() {
    let mut desk = Desk::new();
    desk.set("DEKKO_AGE_KEY_CMD", "exec sleep 60 >&-");
    let session = desk.session().with_patience(Duration::from_millis(300));
    let start = Instant::now();
    let listed = identities(&session);
    assert_eq!(listed[0].problems, ["it did not end in time"]);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn ssh_keys_open_what_is_wrapped_for_them() {
    for name in ["id_ed25519", "id_rsa"] {
        let public = fixture(&format!("{name}.pub"));
        let desk = Desk::new();
        desk.write(&format!(".ssh/{name}"), fixture(name));
        desk.open(&[&public]).unwrap();
        let mut desk = Desk::new();
        desk.files.push(desk.write("key", fixture(name)));
        desk.open(&[&public]).unwrap();
    }
}

#[test]
fn the_keys_in_the_ssh_folder_are_left_alone_without_an_ssh_recipient() {
    let desk = Desk::new();
    desk.write(".ssh/id_ed25519", "broken");
    assert_eq!(desk.attempts(&[&generate().recipient]), []);
    assert_eq!(desk.attempts(&[&fixture("id_ed25519.pub")]).len(), 1);
}

#[test]
fn an_ssh_agent_alone_is_said_to_be_of_no_use() {
    let mut desk = Desk::new();
    desk.set("SSH_AUTH_SOCK", "/run/agent");
    assert_eq!(desk.attempts(&[&fixture("id_ed25519.pub")])[0].source, "SSH_AUTH_SOCK");
    assert_eq!(desk.attempts(&[&generate().recipient]), []);
    desk.write(".ssh/id_rsa", fixture("id_rsa"));
    assert_eq!(desk.attempts(&[&fixture("id_ed25519.pub")]), []);
}

#[test]
fn a_passphrase_is_asked_for_last_and_once() {
    let (mine, plain) = (generate(), generate());
    for armored in [false, true] {
        let mut desk = Desk::new().with_person("correct horse");
        desk.files.push(desk.write("locked", locked(&mine.identity, "correct horse", armored)));
        desk.set("SOPS_AGE_KEY", plain.identity.as_str());
        desk.open(&[&mine.recipient, &plain.recipient]).unwrap();
        assert!(desk.person.heard.lock().unwrap().is_empty());
        desk.open(&[&mine.recipient]).unwrap();
        assert_eq!(desk.person.heard.lock().unwrap().len(), 1);
        let listed = identities(&desk.session());
        assert_eq!(listed[0].recipients, ["unknown (needs a passphrase)"]);
        assert_eq!(desk.person.heard.lock().unwrap().len(), 1);
    }
}

#[test]
fn without_a_terminal_or_the_passphrase_a_locked_file_is_a_reason() {
    let mine = generate();
    let file = locked(&mine.identity, "correct horse", false);
    let mut desk = Desk::new();
    desk.files.push(desk.write("locked", &file));
    assert!(desk.attempts(&[&mine.recipient])[0].reason.contains("no terminal"));
    let mut desk = Desk::new().with_person("wrong");
    desk.files.push(desk.write("locked", &file));
    assert_eq!(desk.attempts(&[&mine.recipient])[0].reason, "its passphrase is another one");
    let asked =
        desk.person.heard.lock().unwrap().iter().filter(|text| text.starts_with("passphrase of")).count();
    assert_eq!(asked, 3);
    let mut desk = Desk::new().with_person("correct horse");
    desk.files.push(desk.write("locked", &file[..60]));
    assert!(desk.attempts(&[&mine.recipient])[0].reason.contains("damaged"));
}

#[test]
fn a_locked_ssh_key_is_asked_for_only_when_the_file_is_for_it() {
    let desk = Desk::new().with_person("correct horse");
    desk.write(".ssh/id_ed25519", fixture("id_ed25519_locked"));
    desk.open(&[&fixture("id_ed25519_locked.pub")]).unwrap();
    assert_eq!(desk.person.heard.lock().unwrap().len(), 1);
    desk.open(&[&fixture("id_rsa.pub")]).unwrap_err();
    assert_eq!(desk.person.heard.lock().unwrap().len(), 1);
}

#[test]
fn many_files_are_opened_at_once_with_one_session() {
    let (mut desk, mine) = (Desk::new().with_person("correct horse"), generate());
    desk.files.push(desk.write("locked", locked(&mine.identity, "correct horse", false)));
    let session = desk.session();
    let rid = recipient(&mine.recipient).unwrap();
    let bytes = wrap(&rid, &FILE, &DataKey::new([42; 32]), &session).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| unwrap(&[Wrap { rid: &rid, bytes: &bytes }], &FILE, &session, &|_| true).unwrap());
        }
    });
    assert_eq!(desk.person.heard.lock().unwrap().len(), 1);
}
