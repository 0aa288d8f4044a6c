//! Conflicts of files that are encrypted as a whole, beside what `finishing` tries.

use std::fs;

use crate::team::{Member, Setup};

const NAME: &str = "key.secret.bin";

/// A merge of this file that stopped; theirs is encrypted for `more`, too.
fn stopped(more: Option<&str>) -> Member {
    let member = Member::alone(Setup::Driver);
    let write = |bytes: &[u8], subject: &str| {
        fs::write(member.desk.path("new"), bytes).expect("written");
        match member.desk.path(NAME).exists() {
            true => member.desk.dekko(["set", NAME, ".", "--file", "new"]).ok(),
            false => member.desk.dekko(["encrypt", "-o", NAME, "new"]).ok(),
        };
        fs::remove_file(member.desk.path("new")).expect("removed");
        if let Some(more) = more.filter(|_| subject == "theirs") {
            member.desk.dekko(["recipients", "add", NAME, more]).ok();
        }
        member.record(subject);
    };
    write(b"hunter2\0base", "base");
    member.git(["branch", "side"]).ok();
    write(b"hunter2\0one", "ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    write(b"hunter2\0two", "theirs");
    member.git(["checkout", "--quiet", "main"]).ok();
    let done = member.git(["merge", "--no-edit", "side"]).ends(1);
    assert!(done.err.contains("dekko resolve key.secret.bin --ours, or --theirs"), "{}", done.err);
    member
}

#[test]
fn what_was_committed_in_conflict_is_found_and_settled_later() {
    let member = stopped(None);
    member.git(["commit", "--quiet", "-a", "-m", "oops"]).ok();
    member.desk.dekko(["check"]).ends(1).says("conflict: finish the merge");
    member.keeps_secrets();
    member.desk.dekko(["resolve", NAME, "--theirs"]).ok();
    assert_eq!(member.desk.dekko(["decrypt", NAME]).ok().stdout, b"hunter2\0two");
    member.record("settled");
    member.desk.dekko(["check"]).ok();
    member.keeps_secrets();
}

#[test]
fn a_side_with_other_readers_is_taken_only_when_somebody_agrees() {
    let other = crate::desk::Desk::bare().keygen("other.txt");
    let member = stopped(Some(&other));
    let before = member.desk.bytes(NAME);
    member.desk.dekko(["resolve", NAME, "--theirs"]).fails(2).says(&other).says("must be agreed to");
    assert_eq!(member.desk.bytes(NAME), before);
    member.desk.dekko(["resolve", NAME, "--theirs", "--yes"]).ok().says(&other);
    assert_eq!(member.desk.dekko(["decrypt", NAME]).ok().stdout, b"hunter2\0two");
}

#[test]
fn a_side_that_was_altered_is_not_taken() {
    let member = stopped(None);
    member.git(["commit", "--quiet", "-a", "-m", "oops"]).ok();
    let mut bytes = member.desk.bytes(NAME);
    let at = bytes.len() - b"\n>>>>>>> theirs\n".len() - 1;
    bytes[at] ^= 1;
    fs::write(member.desk.path(NAME), &bytes).expect("written");
    member.desk.dekko(["resolve", NAME, "--theirs"]).fails(5);
    assert_eq!(member.desk.bytes(NAME), bytes);
    member.desk.dekko(["resolve", NAME, "--ours"]).ok();
    assert_eq!(member.desk.dekko(["decrypt", NAME]).ok().stdout, b"hunter2\0one");
}
