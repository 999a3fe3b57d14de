// Who reads what this process prints may go first: `npm start | tee log` on Ctrl-C, a closed terminal, the command that
// started a supervisor. Without a listener the next line would end the process, and leave what it started running.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
