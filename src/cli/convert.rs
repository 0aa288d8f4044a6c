//! Converting a decrypted file to another format.
