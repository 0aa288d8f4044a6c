//! dekko encrypts only the values in YAML, JSON, TOML, `.env` and INI files, so that secrets can live in git.
//!
//! The modules stand in the order of their floors: each imports only from those before it.

pub mod environment;
pub mod error;

pub mod document;

pub mod crypto;
pub mod format;

pub mod envelope;
pub mod merge;
pub mod policy;

pub mod fs;
pub mod provider;

pub mod agent;
pub mod config;
pub mod file;

pub mod audit;
pub mod git;

#[cfg(feature = "cli")]
pub mod cli;
