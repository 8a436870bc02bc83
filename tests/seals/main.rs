//! Seals of draws, and results that are corrected: what a reader of the documents would compute by hand, held against the
//! engine's bytes.
//!
//! Deliberately absent: the plain model, which judges the same beside everything else in `differential`.

mod correct;
mod rig;
mod seal;
