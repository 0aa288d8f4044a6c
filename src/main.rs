//! The `dekko` program.

use std::alloc::System;
use std::io::Write;
use std::panic::PanicHookInfo;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

use zeroizing_alloc::ZeroAlloc;

use dekko::cli;
use dekko::environment::Environment;

/// Wipes every piece of memory before it is given back: parsers and growing strings copy secrets where no type of ours
/// can wipe them.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    keep_memory_private();
    take_full_files_as_errors();
    std::panic::set_hook(Box::new(report_panic));
    ExitCode::from(cli::run(std::env::args_os(), Environment::new(std::env::vars_os())))
}

/// No core dumps, and no other process of the user looks into this one. Where the system refuses, dekko works all the
/// same: it is one defence of several.
fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// A file that may not grow any more (`ulimit -f`) is an error like a full disk: the signal would end dekko before it
/// has removed the file that it was writing.
fn take_full_files_as_errors() {
    #[cfg(unix)]
    {
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    }
}

/// Says where a panic happened and not what it was about, which may hold a secret.
fn report_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
    let place = place.unwrap_or_default();
    let _ = writeln!(std::io::stderr(), "dekko: error: a defect of dekko{place}; please report it");
    // In every build, and not with a status: git takes those up to 128 of a merge driver for a mere conflict.
    std::process::abort();
}
