//! Showing progress while a run goes on: a bar on a terminal, a line a second elsewhere. Both go to standard error, so
//! that standard output holds the result alone.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::progress::{Progress, Seen};

/// How often a bar moves.
const BAR_EVERY: Duration = Duration::from_millis(100);
/// How often a line is printed.
const LINE_EVERY: Duration = Duration::from_secs(1);

/// Shows a progress until it is dropped.
#[derive(Debug)]
pub struct Watch {
    /// Dropping it ends the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Shows how far `progress` is on its way to `total`, under this title.
    pub fn show(title: &'static str, total: u64, progress: &Progress) -> Watch {
        let (stop, stopped) = channel();
        let progress = progress.clone();
        let thread = std::thread::spawn(move || {
            let bar = std::io::stderr().is_terminal().then(|| bar(title, total));
            let (begun, mut before, mut at) = (Instant::now(), Seen::default(), Instant::now());
            let every = if bar.is_some() { BAR_EVERY } else { LINE_EVERY };
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let seen = progress.seen();
                let rate = (seen.answered() - before.answered()) as f64 / at.elapsed().as_secs_f64();
                (before, at) = (seen, Instant::now());
                let told = format!(
                    "{} of {} · {}/s · {} refused",
                    HumanCount(seen.answered()),
                    HumanCount(total),
                    HumanCount(rate as u64),
                    HumanCount(seen.refused),
                );
                match &bar {
                    Some(bar) => {
                        bar.set_position(seen.answered());
                        bar.set_message(told);
                    }
                    None => eprintln!("{title} {:>5.1} s: {told}", begun.elapsed().as_secs_f64()),
                }
            }
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        });
        Watch { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A watch that panicked has shown its message; the run it watched is none the worse.
            let _ = thread.join();
        }
    }
}

fn bar(title: &'static str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {wide_bar:.green} {msg}");
    let bar = ProgressBar::new(total).with_prefix(title);
    bar.set_style(style.expect("the template is well formed"));
    bar
}
