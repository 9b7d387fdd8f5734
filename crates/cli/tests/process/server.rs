//! The program as a process of a test.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use serde_json::{Value, json};

pub(crate) const SECRET: &str = "hunter2 hunter2 hunter2 hunter2 hunter2";

/// The program in a folder of its own, with nothing of our environment.
pub(crate) fn masthead(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
    command.env_clear().current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

pub(crate) fn ran(folder: &Path, arguments: &[&str]) -> Output {
    masthead(folder, arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A running server, killed when a test fails.
pub(crate) struct Server {
    pub(crate) child: Child,
    lines: std::io::Lines<BufReader<ChildStderr>>,
    pub(crate) root: String,
    pub(crate) said: Vec<String>,
}

impl Server {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut arguments = arguments.to_vec();
        if !arguments.contains(&"serve") {
            arguments.push("serve");
        }
        arguments.extend(["--listen", "127.0.0.1:0"]);
        let mut child = masthead(folder, &arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let root = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it ended: {said:#?}")).unwrap();
            said.push(line.clone());
            if let Some((before, _)) = line.split_once("/graphql") {
                break before[before.rfind("http://").unwrap()..].to_owned();
            }
        };
        Self { child, lines, root, said }
    }

    pub(crate) async fn ask(&self, query: &str) -> Value {
        self.ask_with(query, None).await
    }

    pub(crate) async fn ask_with(&self, query: &str, token: Option<&str>) -> Value {
        let body = json!({ "query": query }).to_string();
        let client = reqwest::Client::new();
        let request = client.post(format!("{}/graphql", self.root)).header("content-type", "application/json");
        let request = token.iter().fold(request, |request, token| request.bearer_auth(token));
        let answer = request.body(body).send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    pub(crate) async fn status(&self, path: &str) -> u16 {
        reqwest::get(format!("{}{path}", self.root)).await.unwrap().status().as_u16()
    }

    /// Stops it with a signal and gives what it said.
    pub(crate) fn stop(mut self, signal: &str) -> Vec<String> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        self.said.extend(self.lines.by_ref().map(Result::unwrap));
        let status = self.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{:#?}", self.said);
        std::mem::take(&mut self.said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
