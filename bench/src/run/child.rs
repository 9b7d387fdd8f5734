//! Programs that are started here and end with this one.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::time::sleep;

/// How long a server may take to begin answering.
const START: Duration = Duration::from_secs(60);
/// How often it is looked whether something has come.
const GLANCE: Duration = Duration::from_millis(5);
/// How much of a log is shown when something failed.
const LAST_LINES: usize = 12;

/// A running program; it is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a program on one core, with both its outputs in a file.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(
        name: &str,
        core: usize,
        program: &Path,
        environment: &[(&str, String)],
        log: &Path,
    ) -> Result<Self> {
        ensure!(program.exists(), "{} is not there: `cargo xtask bench` builds it", program.display());
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string()]).arg(program);
        if name.starts_with("masthead") {
            command.arg("serve");
        }
        // Settings of whoever starts this must not reach what is measured.
        command.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = command.spawn().with_context(|| format!("cannot start {} (with taskset)", program.display()))?;
        Ok(Self { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `probe` succeeds, and gives how long that took.
    ///
    /// # Errors
    /// When the program ends before, or the time is up; with the end of its log.
    pub(crate) async fn ready(&mut self, mut probe: impl FnMut() -> Result<()>) -> Result<Duration> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status} when it was started. Its log ends:\n{}", self.name, self.last_words());
            }
            let Err(error) = probe() else { return Ok(start.elapsed()) };
            if start.elapsed() > START {
                return Err(error.context(format!(
                    "{} gave no good answer within {} s. Its log ends:\n{}",
                    self.name,
                    START.as_secs(),
                    self.last_words()
                )));
            }
            sleep(GLANCE).await;
        }
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(LAST_LINES)).copied().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // Where it has ended by itself there is nothing left to end.
    let _ = child.kill();
    let _ = child.wait();
}

/// Runs a command to its end and gives what it wrote. It is ended when nobody waits for it any more.
///
/// # Errors
/// When it cannot be started or fails; with what it wrote to standard error.
pub(crate) async fn output(mut command: Command, how_to_install: &str) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().with_context(|| format!("cannot start {program}: {how_to_install}"))?;
    let mut waited = Waited(child);
    let status = waited.wait().await?;
    let (mut wrote, mut complained) = (String::new(), String::new());
    if let Some(mut stdout) = waited.0.stdout.take() {
        stdout.read_to_string(&mut wrote)?;
    }
    if let Some(mut stderr) = waited.0.stderr.take() {
        stderr.read_to_string(&mut complained)?;
    }
    ensure!(status.success(), "{program} ended with {status}: {}", complained.trim());
    Ok(wrote)
}

struct Waited(Child);

impl Waited {
    async fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            sleep(GLANCE).await;
        }
    }
}

impl Drop for Waited {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

/// An address of this machine that nobody listens on.
///
/// # Errors
/// When the machine has none to give.
pub(crate) fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("this machine has no free port")?;
    Ok(listener.local_addr()?)
}

/// Tells whoever started this how far it is.
pub(crate) fn say(words: &str) {
    // A closed terminal is no reason to stop measuring.
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}
