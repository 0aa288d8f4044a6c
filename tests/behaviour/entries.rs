//! The merge driver wherever git calls it: the result verifies, or the conflict holds ciphertext only and can be
//! finished; nothing plain is left anywhere.

use dekko::merge::marks::Marked;

use crate::team::{Ended, FILE, Member, Setup, Team};

const BASE: &str = "a: hunter2-a0\nb: hunter2-b0\nc: hunter2-c0\nd: hunter2-d0\n";

/// [`BASE`] with other values: `("a", "1")` makes `a` be `hunter2-a1`.
fn with(changes: &[(&str, &str)]) -> String {
    let line = |line: &str| {
        let (key, _) = line.split_once(": ").expect("an entry");
        let number = changes.iter().find(|(name, _)| *name == key).map_or("0", |(_, number)| number);
        format!("{key}: hunter2-{key}{number}\n")
    };
    BASE.lines().map(line).collect()
}

/// Whether the sides of a scene fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// They change neighbours: git's own merge would see a conflict.
    Clean,
    /// They change `a` both, and theirs changes `d`, too.
    Conflict,
}

use Kind::{Clean, Conflict};

impl Kind {
    fn ours(self) -> String {
        with(&[("a", "1")])
    }

    fn theirs(self) -> String {
        match self {
            Clean => with(&[("b", "2")]),
            Conflict => with(&[("a", "2"), ("d", "2")]),
        }
    }

    /// What comes out when nothing, or theirs, is taken in a conflict.
    fn merged(self) -> String {
        match self {
            Clean => with(&[("a", "1"), ("b", "2")]),
            Conflict => with(&[("a", "2"), ("d", "2")]),
        }
    }

    fn status(self) -> i32 {
        i32::from(self == Conflict)
    }
}

/// The file on `main` with our change and on `side` with theirs.
fn scene(member: &Member, kind: Kind) {
    member.create(FILE, BASE);
    member.record("base");
    member.git(["branch", "side"]).ok();
    member.change(FILE, &kind.ours(), "ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    member.change(FILE, &kind.theirs(), "theirs");
    member.git(["checkout", "--quiet", "main"]).ok();
}

/// What a conflict must look like on disk, in the index and to people; then it is finished with theirs.
fn settled(member: &Member, name: &str) {
    let text = member.desk.read(name);
    let marked = Marked::read(&text).unwrap_or_else(|| panic!("no marks in {name}:\n{text}"));
    assert!(!marked.pieces.is_empty());
    member.keeps_secrets();
    let shown = member.diff(name);
    for value in ["hunter2-a1", "hunter2-a2"] {
        assert!(shown.contains(value), "{value} is not to be seen:\n{shown}");
    }
    for command in [&["verify"][..], &["decrypt"], &["get", "a"]] {
        let mut arguments = vec![command[0], "--", name];
        arguments.extend(&command[1..]);
        member.desk.dekko(arguments).ends(3).says("dekko resolve");
    }
    member.desk.dekko(["resolve", "--theirs", "--", name]).ok();
    member.git(["add", "--sparse", "--", name]).ok();
}

/// Checks the file of a scene after git ended, settles it, and finishes with the git command `go_on`.
fn check(member: &Member, kind: Kind, name: &str, go_on: &[&str]) {
    if kind == Conflict {
        settled(member, name);
        if !go_on.is_empty() {
            member.git(go_on).ok();
        }
    }
    assert_eq!(member.plain(name), kind.merged());
    member.has_honest_history();
    member.keeps_secrets();
}

/// Runs `enter` on a fresh scene of either kind, and finishes with `go_on`.
fn enter(go_on: &[&str], enter: impl Fn(&Member, Kind) -> Ended) {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, kind);
        let done = enter(&member, kind);
        let is_conflict = done.status != 0;
        assert_eq!(is_conflict, kind == Conflict, "{kind:?}: {}{}", done.out, done.err);
        check(&member, kind, FILE, go_on);
    }
}

#[test]
fn merge() {
    for options in [&["merge"][..], &["merge", "-s", "recursive"], &["merge", "-X", "ours"]] {
        enter(&["commit", "--quiet", "--no-edit"], |member, kind| {
            let arguments = options.iter().chain(&["--quiet", "--no-edit", "side"]);
            member.git(arguments).ends(kind.status())
        });
    }
}

#[test]
fn rebase() {
    for backend in ["--merge", "--apply"] {
        for kind in [Clean, Conflict] {
            let member = Member::alone(Setup::Driver);
            scene(&member, kind);
            member.git(["checkout", "--quiet", "side"]).ok();
            member.git(["rebase", backend, "main"]).ends(kind.status());
            check(&member, kind, FILE, &["rebase", "--continue"]);
            let log = member.git(["log", "--format=%s"]).ok();
            assert_eq!(log.lines().take(2).collect::<Vec<_>>(), ["theirs", "ours"], "{backend}");
        }
    }
}

#[test]
fn cherry_pick() {
    enter(&["cherry-pick", "--continue"], |member, kind| {
        member.git(["cherry-pick", "side"]).ends(kind.status())
    });
}

#[test]
fn revert() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        member.create(FILE, &kind.merged());
        member.record("base");
        member.change(FILE, &with(&[("a", "3"), ("b", "2"), ("d", "2")]), "to be reverted");
        let later = match kind {
            Clean => with(&[("a", "3"), ("b", "7"), ("d", "2")]),
            Conflict => with(&[("a", "1"), ("b", "2"), ("d", "2")]),
        };
        member.change(FILE, &later, "later");
        member.git(["revert", "--no-edit", "HEAD~1"]).ends(kind.status());
        let wanted = match kind {
            // Of the entry that the reverted commit changed, its own change is gone, and nothing else.
            Clean => with(&[("a", "1"), ("b", "7")]),
            Conflict => kind.merged(),
        };
        if kind == Conflict {
            settled(&member, FILE);
            member.git(["revert", "--continue"]).ok();
        }
        assert_eq!(member.plain(FILE), wanted);
        member.keeps_secrets();
    }
}

#[test]
fn am() {
    enter(&["am", "--continue"], |member, kind| {
        member.git(["format-patch", "--quiet", "-1", "-o", "../patches", "side"]).ok();
        let patch = member.root().join("patches/0001-theirs.patch");
        let mut command = member.command(["am", "-3"]);
        command.arg(patch);
        member.run(command).ends(if kind == Conflict { 128 } else { 0 })
    });
}

#[test]
fn apply() {
    enter(&[], |member, kind| {
        let patch = member.git(["diff", "--binary", "main~1", "side", "--no-textconv", "--", FILE]).ok();
        std::fs::write(member.root().join("patch"), patch).expect("written");
        let mut command = member.command(["apply", "-3"]);
        command.arg(member.root().join("patch"));
        member.run(command).ends(kind.status())
    });
}

#[test]
fn stash() {
    for verb in ["pop", "apply"] {
        for kind in [Clean, Conflict] {
            let member = Member::alone(Setup::Driver);
            member.create(FILE, BASE);
            member.record("base");
            member.edit(FILE, &kind.theirs());
            member.git(["stash", "--quiet"]).ok();
            member.change(FILE, &kind.ours(), "ours");
            member.git(["stash", verb]).ends(kind.status());
            check(&member, kind, FILE, &[]);
        }
    }
}

#[test]
fn checkout_with_changes() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, kind);
        member.git(["checkout", "--quiet", "--detach", "main~1"]).ok();
        // Here "theirs" are the changes in the work tree.
        member.edit(FILE, &kind.theirs());
        member.git(["checkout", "--quiet", "-m", "main"]).ok();
        check(&member, kind, FILE, &[]);
    }
}

#[test]
fn pull() {
    for how in ["--no-rebase", "--rebase"] {
        for kind in [Clean, Conflict] {
            let team = Team::new(Setup::Driver, &["alice", "bob"]);
            let [alice, bob] = &team.members[..] else { panic!("two members") };
            alice.create(FILE, BASE);
            alice.record("base");
            alice.git(["push", "--quiet"]).ok();
            bob.git(["pull", "--quiet", "--no-rebase"]).ok();
            // With a rebase, what is pulled is "ours".
            let is_rebase = how == "--rebase";
            let (by_alice, by_bob) =
                if is_rebase { (kind.ours(), kind.theirs()) } else { (kind.theirs(), kind.ours()) };
            alice.change(FILE, &by_alice, "by alice");
            alice.git(["push", "--quiet"]).ok();
            bob.change(FILE, &by_bob, "by bob");
            bob.git(["pull", "--quiet", "--no-edit", how]).ends(kind.status());
            let go_on: &[&str] =
                if is_rebase { &["rebase", "--continue"] } else { &["commit", "--quiet", "--no-edit"] };
            check(bob, kind, FILE, go_on);
            bob.git(["push", "--quiet"]).ok();
            alice.git(["pull", "--quiet"]).ok();
            assert_eq!(alice.plain(FILE), kind.merged());
            team.keeps_secrets();
        }
    }
}

#[test]
fn merge_tree() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, kind);
        let done = member.git(["merge-tree", "--write-tree", "main", "side"]).ends(kind.status());
        let tree = done.out.lines().next().expect("a tree").to_owned();
        let merged = member.object(&format!("{tree}:{FILE}"));
        assert_eq!(Marked::read(&merged).is_some(), kind == Conflict);
        assert_eq!(member.plain(FILE), kind.ours(), "the work tree was touched");
        member.keeps_secrets();
        if kind == Clean {
            member.desk.write(FILE, merged);
            assert_eq!(member.plain(FILE), kind.merged());
        }
    }
}

#[test]
fn remerge_diff() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, kind);
        member.git(["merge", "--quiet", "--no-edit", "side"]).ends(kind.status());
        check(&member, kind, FILE, &["commit", "--quiet", "--no-edit"]);
        let mut command = member.command(["log", "-1", "-p", "--remerge-diff"]);
        command.env("DEKKO_DIFF", "plain");
        let shown = member.run(command).ok();
        // A clean merge that is done again gives the same values; what was decided in a conflict is shown.
        assert_eq!(shown.contains("hunter2-a1"), kind == Conflict, "{shown}");
        member.keeps_secrets();
    }
}

#[test]
fn rerere() {
    let member = Member::alone(Setup::Driver);
    member.git(["config", "rerere.enabled", "true"]).ok();
    scene(&member, Conflict);
    member.git(["merge", "--no-edit", "side"]).ends(1).says("Recorded preimage");
    check(&member, Conflict, FILE, &["commit", "--quiet", "--no-edit"]);
    member.git(["reset", "--quiet", "--hard", "HEAD~1"]).ok();
    let done = member.git(["merge", "--no-edit", "side"]).ends(1);
    member.keeps_secrets();
    // What was recorded is text: whether it fits again depends on the ciphertexts of the second run. Either way nothing
    // is taken for finished that is not.
    let text = member.desk.read(FILE);
    if Marked::read(&text).is_some() {
        member.desk.dekko(["verify", FILE]).ends(3);
        member.desk.dekko(["resolve", "--theirs", FILE]).ok();
    } else if member.desk.dekko(["reseal", "--yes", FILE]).status() != 0 {
        panic!("{}{}\n{text}", done.out, done.err);
    }
    assert_eq!(member.plain(FILE), Conflict.merged());
    member.keeps_secrets();
}

#[test]
fn criss_cross() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, Conflict);
        // Both merge the other and settle it each in another way, then go on.
        member.git(["branch", "old-main"]).ok();
        member.git(["merge", "--quiet", "--no-edit", "side"]).ends(1);
        member.desk.dekko(["resolve", "--theirs", FILE]).ok();
        member.record("main takes theirs");
        member.git(["checkout", "--quiet", "side"]).ok();
        member.git(["merge", "--quiet", "--no-edit", "old-main"]).ends(1);
        let choice = if kind == Clean { "--ours" } else { "--theirs" };
        member.desk.dekko(["resolve", choice, FILE]).ok();
        member.record("side settles it");
        member.change(FILE, &member.plain(FILE).replace("b0", "b5"), "side goes on");
        member.git(["checkout", "--quiet", "main"]).ok();
        member.change(FILE, &member.plain(FILE).replace("c0", "c6"), "main goes on");
        member.git(["merge", "--quiet", "--no-edit", "side"]).ends(kind.status());
        if kind == Conflict {
            settled(&member, FILE);
            member.git(["commit", "--quiet", "--no-edit"]).ok();
            assert_eq!(member.plain(FILE), with(&[("a", "1"), ("b", "5"), ("c", "6"), ("d", "2")]));
        } else {
            assert_eq!(member.plain(FILE), with(&[("a", "2"), ("b", "5"), ("c", "6"), ("d", "2")]));
        }
        member.has_honest_history();
        member.keeps_secrets();
    }
}

#[test]
fn linked_worktree() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, kind);
        member.git(["worktree", "add", "--quiet", "--detach", "linked", "main"]).ok();
        member.git(["-C", "linked", "merge", "--quiet", "--no-edit", "side"]).ends(kind.status());
        let name = format!("linked/{FILE}");
        if kind == Conflict {
            member.keeps_secrets();
            let text = member.desk.read(&name);
            assert!(Marked::read(&text).is_some());
            member.desk.dekko(["resolve", "--theirs", &name]).ok();
            member.git(["-C", "linked", "add", FILE]).ok();
            member.git(["-C", "linked", "commit", "--quiet", "--no-edit"]).ok();
        }
        assert_eq!(member.plain(&name), kind.merged());
        member.keeps_secrets();
    }
}

#[test]
fn submodule() {
    for kind in [Clean, Conflict] {
        let inner = Member::alone(Setup::Driver);
        scene(&inner, kind);
        let outer = Member::alone(Setup::Driver);
        let url = inner.desk.work().to_string_lossy().into_owned();
        let allow = "protocol.file.allow=always";
        outer.git(["-c", allow, "submodule", "--quiet", "add", &url, "inner"]).ok();
        outer.record("with a submodule");
        let keys = ".config/dekko/keys.txt";
        std::fs::copy(inner.desk.home().join(keys), outer.desk.home().join(keys)).expect("copied");
        outer.git(["-C", "inner", "merge", "--quiet", "--no-edit", "origin/side"]).ends(kind.status());
        let name = format!("inner/{FILE}");
        if kind == Conflict {
            assert!(Marked::read(&outer.desk.read(&name)).is_some());
            outer.keeps_secrets();
            outer.desk.dekko(["resolve", "--theirs", &name]).ok();
            outer.git(["-C", "inner", "commit", "--quiet", "--all", "--no-edit"]).ok();
        }
        assert_eq!(outer.plain(&name), kind.merged());
        outer.keeps_secrets();
    }
}

#[test]
fn rename_and_edit() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, kind);
        let name = "deep/er/app two.secret.yaml";
        std::fs::create_dir_all(member.desk.path("deep/er")).expect("a folder");
        member.git(["mv", FILE, name]).ok();
        member.record("renamed");
        member.git(["merge", "--quiet", "--no-edit", "side"]).ends(kind.status());
        check(&member, kind, name, &["commit", "--quiet", "--no-edit"]);
    }
}

#[test]
fn sparse_checkout() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        scene(&member, kind);
        let name = "secrets/app.secret.yaml";
        for branch in ["side", "main"] {
            member.git(["checkout", "--quiet", branch]).ok();
            std::fs::create_dir_all(member.desk.path("secrets")).expect("a folder");
            member.git(["mv", FILE, name]).ok();
            member.record("moved");
        }
        member.git(["sparse-checkout", "set", "--no-cone", "/*", "!/secrets/"]).ok();
        assert!(!member.desk.path(name).exists());
        member.git(["merge", "--quiet", "--no-edit", "side"]).ends(kind.status());
        if kind == Clean {
            member.git(["sparse-checkout", "disable"]).ok();
        }
        check(&member, kind, name, &["commit", "--quiet", "--no-edit"]);
    }
}

#[test]
fn both_add_the_file() {
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        member.git(["branch", "side"]).ok();
        member.create(FILE, "a: hunter2-a1\nb: hunter2-b0\n");
        member.record("ours");
        member.git(["checkout", "--quiet", "side"]).ok();
        let theirs = match kind {
            Clean => "a: hunter2-a1\nb: hunter2-b0\nc: hunter2-c2\n",
            Conflict => "a: hunter2-a2\nb: hunter2-b0\nc: hunter2-c2\n",
        };
        member.create(FILE, theirs);
        member.record("theirs");
        member.git(["checkout", "--quiet", "main"]).ok();
        member.git(["merge", "--quiet", "--no-edit", "side"]).ends(kind.status());
        if kind == Conflict {
            settled(&member, FILE);
            member.git(["commit", "--quiet", "--no-edit"]).ok();
        }
        assert_eq!(member.plain(FILE), theirs);
        member.has_honest_history();
        member.keeps_secrets();
    }
}

#[test]
fn one_deletes_and_the_other_changes() {
    for is_ours in [true, false] {
        let member = Member::alone(Setup::Driver);
        scene(&member, Clean);
        if !is_ours {
            member.git(["checkout", "--quiet", "side"]).ok();
        }
        member.git(["rm", "--quiet", FILE]).ok();
        member.record("deleted");
        member.git(["checkout", "--quiet", "main"]).ok();
        let done = member.git(["merge", "--no-edit", "side"]).ends(1);
        assert!(done.out.contains("CONFLICT (modify/delete)"), "{}", done.out);
        let kept = if is_ours { Clean.theirs() } else { Clean.ours() };
        // git leaves the changed version as it is, and it holds; keeping it is an add.
        assert_eq!(member.plain(FILE), kept);
        member.git(["add", FILE]).ok();
        member.git(["commit", "--quiet", "--no-edit"]).ok();
        member.keeps_secrets();
    }
}

#[test]
fn file_names_that_a_shell_or_an_option_parser_would_take_for_something_else() {
    let names = [
        "with space.secret.yaml",
        "it's \"quoted\".secret.yaml",
        "-n.secret.yaml",
        "--path=x.secret.yaml",
        "$(touch pwn).secret.yaml",
        "`touch pwn`.secret.yaml",
        ";touch pwn;.secret.yaml",
        "%P %O %A.secret.yaml",
        "*.secret.yaml",
        "new\nline.secret.yaml",
        "tab\tand\\slash.secret.yaml",
        "ä.secret.yaml",
        "\u{1b}[31mred.secret.yaml",
    ];
    for kind in [Clean, Conflict] {
        let member = Member::alone(Setup::Driver);
        let all = |text: &str, subject: &str, is_new: bool| {
            for name in names {
                if is_new { member.create(name, text) } else { member.edit(name, text) }
            }
            member.record(subject);
        };
        all(BASE, "base", true);
        member.git(["branch", "side"]).ok();
        all(&kind.ours(), "ours", false);
        member.git(["checkout", "--quiet", "side"]).ok();
        all(&kind.theirs(), "theirs", false);
        member.git(["checkout", "--quiet", "main"]).ok();
        let done = member.git(["merge", "--quiet", "--no-edit", "side"]).ends(kind.status());
        assert!(!done.err.contains('\u{1b}'), "{:?}", done.err);
        for name in names {
            if kind == Conflict {
                member.desk.dekko(["resolve", "--theirs", "--", name]).ok();
            }
            assert_eq!(member.plain(name), kind.merged(), "{name:?}");
        }
        assert!(!member.desk.path("pwn").exists(), "a name of a file was run");
        member.keeps_secrets();
    }
}
