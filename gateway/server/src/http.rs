//! HTTP on loopback, for those who watch: is it alive, is it ready, what has it done.

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use host::Ingress;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::metrics::{Collector, Counts};

/// What is known of the node.
#[derive(Default)]
pub struct Watched {
    /// Set once the node is recovered and takes commands.
    pub ingress: OnceLock<Ingress>,
    /// The node was told to stop.
    pub is_stopping: AtomicBool,
    /// What the edge counts.
    pub counts: Arc<Counts>,
    /// Renders the metrics.
    pub collector: Collector,
}

/// Why a node that lives is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NotReady {
    Recovering,
    LogFull,
    Stopping,
}

/// Serves `/livez`, `/readyz` and `/metrics` until the node has stopped.
///
/// # Errors
/// The listener's.
pub fn serve(
    listener: TcpListener,
    watched: Arc<Watched>,
    mut stopped: watch::Receiver<bool>,
) -> impl Future<Output = io::Result<()>> {
    let router = Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(watched);
    let until = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    async move { axum::serve(listener, router).with_graceful_shutdown(until).await }
}

async fn readyz(State(watched): State<Arc<Watched>>) -> (StatusCode, &'static str) {
    match watched.not_ready() {
        None => (StatusCode::OK, "ready\n"),
        Some(NotReady::Recovering) => {
            (StatusCode::SERVICE_UNAVAILABLE, "recovering: the log is being replayed\n")
        }
        Some(NotReady::LogFull) => {
            (StatusCode::SERVICE_UNAVAILABLE, "log full: bets are refused, reads go on\n")
        }
        Some(NotReady::Stopping) => {
            (StatusCode::SERVICE_UNAVAILABLE, "stopping: no more commands are taken\n")
        }
    }
}

async fn metrics(State(watched): State<Arc<Watched>>) -> ([(&'static str, &'static str); 1], String) {
    let text = watched.collector.render(watched.ingress.get(), &watched.counts);
    ([("content-type", "text/plain; version=0.0.4")], text)
}

impl Watched {
    fn not_ready(&self) -> Option<NotReady> {
        match self.ingress.get() {
            _ if self.is_stopping.load(Ordering::Relaxed) => Some(NotReady::Stopping),
            None => Some(NotReady::Recovering),
            Some(ingress) if ingress.stats().log_full.get() == 1 => Some(NotReady::LogFull),
            Some(_) => None,
        }
    }
}
