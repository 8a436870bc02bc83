//! The node as a child process: this very program, told to serve.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use client::ConnectOptions;

use crate::identity::{CERTIFICATE_FILE, TOKEN_FILE};

/// How long the metrics page may take.
const METRICS_TIMEOUT: Duration = Duration::from_secs(5);

/// A node that runs until it is killed, or dropped.
pub(super) struct NodeProcess {
    child: Child,
    http: SocketAddr,
    /// How to reach it.
    pub options: ConnectOptions,
}

impl NodeProcess {
    /// Starts a node on the directory and waits until it says that it is ready. What it logs goes to `log`, beside
    /// its data.
    pub fn start(data: &Path, log: &str) -> Result<NodeProcess> {
        let program = std::env::current_exe().context("cannot tell which program this is")?;
        let mut child = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(data.join(log))?)
            .spawn()
            .context("cannot start a node")?;
        let ready = ready(&mut child);
        let (quic, http) = match ready {
            Ok(addresses) => addresses,
            Err(error) => {
                // It may have ended by itself; then there is nothing left to kill.
                let _ = child.kill();
                let status = child.wait()?;
                return Err(error.context(format!("the node did not become ready ({status}); see {log}")));
            }
        };
        let certificate = fs::read(data.join(CERTIFICATE_FILE)).context("the node left no certificate")?;
        let token = fs::read_to_string(data.join(TOKEN_FILE)).context("the node left no token")?;
        let options = ConnectOptions::new(quic, certificate, token.trim().to_owned());
        Ok(NodeProcess { child, http, options })
    }

    /// Kills it with SIGKILL, as a power cut would, and waits until it is gone.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill().context("cannot kill the node")?;
        self.child.wait().context("the node does not die")?;
        Ok(())
    }

    /// What its metrics page shows now.
    pub fn metrics(&self) -> Result<Metrics> {
        let mut stream = TcpStream::connect_timeout(&self.http, METRICS_TIMEOUT)?;
        stream.set_read_timeout(Some(METRICS_TIMEOUT))?;
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.http)?;
        let mut page = String::new();
        stream.read_to_string(&mut page).context("cannot read the metrics page")?;
        ensure!(
            page.starts_with("HTTP/1.1 200"),
            "the metrics page says: {}",
            page.lines().next().unwrap_or("")
        );
        Ok(Metrics::read(&page))
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        // It is gone already if it was killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the line that says where the node listens: `ready quic=ADDR http=ADDR data=DIR`.
fn ready(child: &mut Child) -> Result<(SocketAddr, SocketAddr)> {
    let stdout = child.stdout.take().context("the node has no standard output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let field = |name: &str| {
        let found = line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        found.with_context(|| format!("no {name} in its first line: {line:?}"))
    };
    if !line.starts_with("ready ") {
        bail!("its first line was {line:?}");
    }
    Ok((field("quic")?.parse()?, field("http")?.parse()?))
}

/// Values of a metrics page, by name; of one with labels, the labels are part of the name.
pub(super) struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    fn read(page: &str) -> Metrics {
        let values = page.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        });
        Metrics(values.collect())
    }

    /// A value that must be there.
    pub fn get(&self, name: &str) -> Result<f64> {
        self.0.get(name).copied().with_context(|| format!("the metrics page does not show {name}"))
    }

    /// How the node writes its log.
    pub fn disk(&self) -> String {
        let label = |name: &String| {
            let kind = name.strip_prefix("tote_log_disk{kind=\"")?.strip_suffix("\"}")?;
            Some(kind.to_owned())
        };
        self.0.keys().find_map(label).unwrap_or_else(|| "unknown".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metrics_page_is_read_by_name() {
        let page = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n# TYPE tote_tick gauge\n\
                    tote_tick 17\n\ntote_log_disk{kind=\"io_uring\"} 1\ntote_rss_bytes 1.5e3\n";
        let metrics = Metrics::read(page);
        let told = ["tote_tick", "tote_rss_bytes"].map(|name| metrics.get(name).ok());
        assert_eq!((told, metrics.disk().as_str()), ([Some(17.0), Some(1500.0)], "io_uring"));
        assert!(metrics.get("tote_log_full").is_err());
    }
}
