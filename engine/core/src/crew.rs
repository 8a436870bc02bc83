//! The threads that shards run on, as the engine sees them: something that calls a piece of work once for each part.

/// Threads for the shards of an engine. How many there are leaves no trace in what a tick results in.
pub trait Crew {
    /// How many parts it works on at a time, at least 1.
    fn shards(&self) -> usize;

    /// Calls `work` once for each of `parts`, as many as there are shards, with its place, and returns when all calls
    /// have returned. Each part may have a thread of its own.
    fn each<T: Send>(&mut self, parts: &mut [T], work: impl Fn(usize, &mut T) + Sync);
}

/// The caller's own thread, for so many parts one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Alone(pub usize);

impl Crew for Alone {
    fn shards(&self) -> usize {
        self.0
    }

    fn each<T: Send>(&mut self, parts: &mut [T], work: impl Fn(usize, &mut T) + Sync) {
        for (place, part) in parts.iter_mut().enumerate() {
            work(place, part);
        }
    }
}
