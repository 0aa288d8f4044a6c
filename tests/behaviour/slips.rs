//! Slips of those who know dekko little: what is refused before something is lost, and what they are told to do instead.

use std::fs;

use crate::desk::Desk;

const FILE: &str = "a.secret.yaml";

/// A desk with [`FILE`] on it, encrypted.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write(FILE, "db:\n  host: hunter2-h\n  password: hunter2-p\nlist:\n- hunter2-l\nnone: {}\n");
    desk.dekko(["encrypt", FILE]).ok();
    desk
}

#[test]
fn a_single_value_does_not_take_the_place_of_a_map_unasked() {
    let desk = desk();
    let before = desk.read(FILE);
    desk.dekko_with(["set", FILE, "db"], b"a\n").fails(2).says("'db' is a map with 2 values").says("--force");
    desk.dekko_with(["set", FILE, "list"], b"a\n").fails(2).says("'list' is a list with 1 value");
    desk.dekko_with(["set", "--json", FILE, "db"], b"5\n").fails(2).says("a map with 2 values");
    assert_eq!(desk.read(FILE), before);
    desk.dekko_with(["set", FILE, "none"], b"a\n").ok();
    desk.dekko_with(["set", "--json", FILE, "list"], b"[\"hunter2\", 1]\n").ok();
    assert_eq!(desk.dekko(["get", FILE, "list[1]"]).ok().out(), "1\n");
    desk.dekko_with(["set", "--force", FILE, "db"], b"a\n").ok();
    assert_eq!(desk.dekko(["get", FILE, "db"]).ok().out(), "a\n");
}

#[test]
fn a_map_is_removed_as_a_whole_only_when_that_is_said() {
    let desk = desk();
    let before = desk.read(FILE);
    desk.dekko(["unset", FILE, "db"]).fails(2).says("'db' is a map with 2 values").says("--recursive");
    assert_eq!(desk.read(FILE), before);
    desk.dekko(["unset", FILE, "db.host"]).ok().does_not_say("dekko: ");
    desk.dekko(["unset", FILE, "none"]).ok();
    desk.dekko(["unset", "--recursive", FILE, "db"]).ok().says("removed 'db', a map with 1 value");
    desk.dekko(["get", FILE, "db"]).fails(3).says("does not exist");
}

#[test]
fn a_key_that_is_new_is_spoken_of() {
    let desk = desk();
    let set = |path| desk.dekko_with(["set", FILE, path], b"hunter2\n").ok();
    set("db.passwrd").says("added 'db.passwrd' (did you mean 'db.password'?)");
    set("dbb.user").says("added 'dbb.user' (did you mean 'db.user'?)");
    set("other").says("added 'other'").does_not_say("did you mean");
    set("db.password").does_not_say("added");
    desk.dekko_with(["set", "-q", FILE, "more"], b"hunter2\n").ok().does_not_say("added");
}

#[test]
fn a_file_that_is_encrypted_as_a_whole_gets_new_content_from_a_file() {
    let desk = Desk::new();
    desk.write("cert.secret.p12", b"\x00hunter2");
    desk.dekko(["encrypt", "cert.secret.p12"]).ok();
    desk.write("new", b"hunter2\xff\n");
    desk.dekko(["set", "cert.secret.p12", "a.b", "--file", "new"])
        .fails(2)
        .says("set cert.secret.p12 . --file");
    desk.dekko_with(["set", "cert.secret.p12", "."], b"a").fails(2).says("--file NEW");
    desk.dekko(["set", "cert.secret.p12", ".", "--file", "new"]).ok();
    assert_eq!(desk.dekko(["decrypt", "cert.secret.p12"]).ok().stdout, b"hunter2\xff\n");
}

#[test]
fn a_name_that_is_mistyped_is_guessed() {
    let desk = Desk::bare();
    let (bob, carol) = (desk.keygen("bob.txt"), desk.keygen("carol.txt"));
    desk.write("dekko.toml", format!("version = 1\n[recipients]\nbob = \"{bob}\"\ncarol = \"{carol}\"\n"));
    desk.write(FILE, "a: hunter2\n");
    desk.dekko(["encrypt", "-r", "bbo", FILE]).fails(2).says("did you mean 'bob'?").does_not_say("'carol'");
    desk.dekko(["encrypt", "-r", "zed", FILE]).fails(2).says("known are 'bob', 'carol'");
    desk.dekko(["encrypt", "--yes", "-r", "bob", FILE]).ok();
    let change = ["-i", "bob.txt", "recipients", "add", FILE, "carl"];
    desk.dekko(change).fails(2).says("did you mean 'carol'?");
}

#[test]
fn what_git_and_dekko_read_is_not_encrypted() {
    let desk = Desk::new();
    let config = desk.read("dekko.toml");
    for name in ["dekko.toml", ".gitattributes", ".gitignore", ".gitmodules"] {
        desk.write(name, &config);
        desk.dekko(["encrypt", "-r", &desk.recipient(), name]).fails(2).says("cannot be encrypted");
        assert_eq!(desk.read(name), config);
        desk.dekko(["decrypt", name]).fails(3).does_not_say("encrypt it").says("as it is");
    }
    desk.dekko(["encrypt", "-o", ".gitignore", "--force", "-r", &desk.recipient(), "dekko.toml"]).fails(2);
}

#[test]
fn who_cannot_read_a_file_is_told_their_own_key_and_the_way_in() {
    let desk = desk();
    let other = desk.keygen("other.txt");
    fs::remove_file(desk.home().join(".config/dekko/keys.txt")).unwrap();
    let run = desk.dekko(["-i", "other.txt", "decrypt", FILE]).fails(4);
    let _ = run.says(&other).says("dekko rewrap --all").does_not_say("YOUR-RECIPIENT");
    desk.dekko(["decrypt", FILE]).fails(4).says("make a key (dekko init)");
}

#[test]
fn who_joins_is_told_to_send_their_key() {
    let desk = Desk::new();
    fs::remove_file(desk.home().join(".config/dekko/keys.txt")).unwrap();
    let run = desk.dekko(["init"]).ok().says("you are not in 'dekko.toml' yet").says("dekko rewrap --all");
    let _ = run.says(&format!("(me): {}", desk.recipient())).does_not_say("dekko encrypt");
    let bare = Desk::bare();
    bare.dekko(["init"]).ok().does_not_say(".env").says("dekko encrypt FILE");
    bare.dekko(["init"]).ok().does_not_say("dekko encrypt").does_not_say("not in");
    let with = Desk::bare();
    with.write(".env", "A=hunter2\n");
    with.dekko(["init"]).ok().says("dekko encrypt .env");
}

#[test]
fn a_file_that_the_shell_emptied_is_called_empty() {
    let desk = Desk::new();
    desk.write(".env", "");
    for command in [&["decrypt", ".env"][..], &["get", ".env", "A"], &["set", ".env", "A", "b"]] {
        let run = desk.dekko(command).fails(3).says("the file is empty").says("git checkout -- .env");
        let _ = run.does_not_say("dekko encrypt");
    }
    desk.dekko(["verify", ".env"]).ends(3).says("the file is empty");
    desk.dekko(["decrypt", "-"]).fails(3).says("the file is empty").does_not_say("git checkout");
}

#[test]
fn a_folder_is_answered_with_the_files_in_it() {
    let desk = Desk::new();
    desk.write("secrets/a.yaml", "a: hunter2\n");
    for command in ["encrypt", "verify", "check", "access", "decrypt"] {
        desk.dekko([command, "secrets/"])
            .ends(7)
            .says("it is a directory")
            .says("name the files in it: secrets/*");
    }
}

#[test]
fn commands_of_other_programs_are_answered_with_ours() {
    let desk = Desk::bare();
    for (arguments, said) in [
        (&["hooks"][..], "dekko git --help"),
        (&["updatekeys", "a.yaml"], "dekko rewrap --all"),
        (&["exec-env", "a.yaml"], "dekko decrypt --to env FILE"),
        (&["view", "a.yaml"], "dekko get FILE PATH"),
        (&["-d", "a.yaml"], "dekko decrypt FILE"),
        (&["encrypt", "--inplace", "a.yaml"], "writes in place"),
    ] {
        desk.dekko(arguments).fails(2).says("hint: ").says(said).does_not_say("as a value");
    }
    desk.dekko(["decrypt", "--inplace", "a"]).fails(2).says("a similar argument exists: '--in-place'");
    let run = desk.dekko(["get", "a", "b", "hunter2"]).fails(2).says("one too many arguments");
    let _ = run.does_not_say("unexpected argument");
    desk.dekko(["resolve"]).fails(2).says("no file is named: dekko resolve FILE");
}

#[test]
fn the_check_names_what_mends_an_edit_by_hand() {
    let desk = desk();
    let text = desk.read(FILE);
    let line = text.lines().find(|line| line.contains("password: ")).unwrap();
    desk.write(FILE, text.replace(line, "  password: hunter2-new"));
    desk.dekko(["set", FILE, "db.host", "hunter2"]).fails(5);
    let run = desk.dekko(["check", FILE]).ends(1).says("dekko reseal FILE");
    let _ = run.does_not_say("dekko set").does_not_say("dekko edit");
    desk.dekko(["reseal", "--yes", FILE]).ok();
    assert_eq!(desk.dekko(["get", FILE, "db.password"]).ok().out(), "hunter2-new\n");
    desk.dekko(["check", FILE]).ok();
}
