//! What the node says of a panic while it applies a tick: which tick and command it was, and what to do about it.
//!
//! A hook and not a catch: a panic of a release build aborts, and nothing that it left half done is ever used again.

use std::panic;
use std::path::Path;
use std::process;
use std::thread;

use host::{Fatal, Mark};
use tracing::error;

/// What the names of threads that apply ticks begin with.
const SHARD: &str = "shard-";

/// From now on, a panic of a shard's thread in the middle of a tick ends the process with the status of
/// [`Fatal::ApplyPanicked`], after the panic's own message. `data` is the node's data directory.
pub fn install(mark: Mark, data: &Path) {
    let (before, data) = (panic::take_hook(), data.display().to_string());
    panic::set_hook(Box::new(move |info| {
        before(info);
        let is_shard = thread::current().name().is_some_and(|name| name.starts_with(SHARD));
        if let Some((tick, place)) = mark.read().filter(|_| is_shard) {
            let fatal = Fatal::ApplyPanicked { tick, place, data: data.clone() };
            let status = fatal.exit_status();
            error!(status, "{fatal}");
            process::exit(status.into());
        }
    }));
}
