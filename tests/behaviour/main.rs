//! What dekko promises, a module for each promise.

mod decrypt;
mod desk;
mod encrypt;
mod generated;
mod house;
mod look;
mod messages;
mod vectors;
