//! What dekko promises, a module for each promise.

mod decrypt;
mod desk;
#[cfg(unix)]
mod edit;
mod encrypt;
mod generated;
mod house;
mod look;
mod messages;
mod readers;
mod repository;
mod values;
mod vectors;
