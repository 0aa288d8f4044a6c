//! Slips around git: paths and files that are not there, conflicts of files without paths, joining a repository.

use crate::repository::Repository;

const FILE: &str = "a.secret.yaml";

#[test]
fn the_log_of_a_path_that_never_was_is_an_error() {
    let repository = Repository::new();
    repository.commit(FILE, "db:\n  host: hunter2-h\n  password: hunter2-p\n");
    let desk = &repository.desk;
    desk.dekko(["log", FILE, "db.pasword"]).fails(3).says("did you mean 'db.password'?");
    desk.dekko(["log", FILE, "zzz"]).fails(3).says("is in no version").says("'db.host'");
    desk.dekko(["log", "--json", FILE, "zzz"]).fails(3);
    assert!(desk.dekko(["log", FILE, "db"]).ok().out().contains("added"));
    desk.dekko(["unset", FILE, "db.host"]).ok();
    repository.record(FILE);
    assert!(!desk.dekko(["log", FILE, "db.host"]).ok().out().is_empty());
}

#[test]
fn nobody_is_told_to_encrypt_a_file_that_is_not_there() {
    let repository = Repository::new();
    repository.commit(FILE, "a: hunter2\n");
    let desk = &repository.desk;
    desk.dekko(["blame", "nope.yaml"]).fails(7).says("cannot read").does_not_say("dekko encrypt");
    desk.write("plain.yaml", "a: 1\n");
    desk.dekko(["blame", "plain.yaml"]).fails(3).says("not encrypted");
}

#[test]
fn a_piped_diff_of_a_binary_file_shows_its_metadata_and_no_bytes() {
    let repository = Repository::new();
    let desk = &repository.desk;
    let shown = |content: &[u8]| {
        let _ = std::fs::remove_file(desk.path("cert.secret.p12"));
        desk.write("cert.secret.p12", content);
        desk.dekko(["encrypt", "cert.secret.p12"]).ok();
        let mut command = desk.command(["git", "textconv", "--", "cert.secret.p12"]);
        command.env("DEKKO_DIFF", "raw");
        let ended = desk.run(command, b"").ok();
        String::from_utf8(ended.stdout).expect("text")
    };
    let one = shown(b"hunter2\x00\xff");
    assert!(one.starts_with("dekko-binary-v1\n") && !one.contains('\0'), "{one}");
    assert!(one.lines().last().is_some_and(|line| line.starts_with("<encrypted, ")), "{one}");
    assert_ne!(shown(b"hunter2\x00\xfe"), one);
    // Also when nothing but the payload changed, and no key tells that it does not hold.
    let mut bytes = desk.bytes("cert.secret.p12");
    let before = desk.dekko(["git", "textconv", "--", "cert.secret.p12"]).ok().out();
    *bytes.last_mut().unwrap() ^= 1;
    desk.write("cert.secret.p12", bytes);
    assert_ne!(desk.dekko(["git", "textconv", "--", "cert.secret.p12"]).ok().out(), before);
}
