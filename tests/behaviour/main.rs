//! What dekko promises, a module for each promise.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "counts for people; a test may panic")]

mod access;
mod agent;
mod attack_table;
mod attacks;
#[cfg(unix)]
mod bulk;
#[cfg(unix)]
mod bypasses;
mod check;
#[cfg(unix)]
mod clone;
mod conformance;
mod decrypt;
mod desk;
#[cfg(unix)]
mod docs;
#[cfg(unix)]
mod driverless;
#[cfg(unix)]
mod edit;
mod encrypt;
#[cfg(unix)]
mod entries;
#[cfg(unix)]
mod exposure;
#[cfg(unix)]
mod faults;
mod findings;
#[cfg(unix)]
mod finishing;
#[cfg(unix)]
mod first_day;
mod flips;
mod generated;
mod groups;
mod histories;
mod history;
mod history_merges;
mod honest;
#[cfg(unix)]
mod guard;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod hooks;
mod house;
#[cfg(target_os = "linux")]
mod hygiene;
#[cfg(unix)]
mod install;
#[cfg(unix)]
mod keyless;
mod laws;
mod log;
mod look;
mod meaning;
mod meanwhile;
mod merge_cases;
mod messages;
#[cfg(unix)]
mod moves;
mod newcomer;
mod readers;
#[cfg(unix)]
mod recipes;
mod replays;
mod repository;
mod samples;
mod sealed;
#[cfg(unix)]
mod services;
mod silence;
mod slips;
mod slips_in_git;
#[cfg(unix)]
mod strangers;
#[cfg(unix)]
mod team;
#[cfg(unix)]
mod textconv;
mod texts;
mod trees;
mod values;
mod vectors;
#[cfg(unix)]
mod welcome;
#[cfg(unix)]
mod whole;
mod workshop;
