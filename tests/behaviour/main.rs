//! What dekko promises, a module for each promise.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "counts for people; a test may panic")]

mod attack_table;
mod attacks;
mod check;
mod conformance;
mod decrypt;
mod desk;
#[cfg(unix)]
mod docs;
#[cfg(unix)]
mod edit;
mod encrypt;
#[cfg(unix)]
mod faults;
mod findings;
mod flips;
mod generated;
#[cfg(unix)]
mod guard;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod hooks;
mod house;
#[cfg(target_os = "linux")]
mod hygiene;
mod laws;
mod look;
mod meaning;
mod meanwhile;
mod messages;
mod newcomer;
mod readers;
#[cfg(unix)]
mod recipes;
mod repository;
mod samples;
mod sealed;
mod silence;
mod texts;
mod trees;
mod values;
mod vectors;
mod workshop;
