"""What DK103 is recognised by, and what to do about each form of it."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule

TEXTS = (
    rule(
        "certain",
        "Docker",
        r"(?:exec:?|sh:|\d:|file(?= ')) '?(?P<option>--(?:config|port|host|num_workers"
        r"|detailed_debug)\b[^':]{0,80})",
        "not found|no such file",
        advice="program",
    ),
    rule(
        "likely",
        "Docker",
        r"exec:? 'litellm [^']{1,160}': (?:stat|exec|no such)"
        r"|extra arguments? \((?P<argument>[^)]{0,60}litellm[^)]{0,60})",
        advice="words",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"No such option: (?P<option>--(?:config[/=-]\S{1,120}|detailed-debug|num-workers))"
        r"|unknown flag: --(?:config|detailed_d)",
        advice="option",
    ),
    rule(
        "likely",
        "Docker",
        r"(?:/(?:prod_)?entry|prod_entry|\./entry)point\.sh|build_admin_ui\.sh|(?:file"
        r"|Directory) '/app/(?:litellm|docker)/",
        "no such file|not found|permission denied|does not exist",
        advice="hidden",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"Is ?a ?directory|(?:is|as|←|into) an? (?:empty )?(?:directory|folder)\b",
        unless="mount a directory",
        file="litellm",
        advice="folder",
    ),
    rule(
        "likely",
        "Docker",
        r"\bmounting '|\bmount\b.{0,200}not a directory",
        file="litellm",
        advice="folder",
    ),
    rule(
        "certain",
        "Docker",
        r"(?:source path does not exist:|statfs"
        r"|hostPath type check failed:) (?P<path>[^\s:]{1,200})",
        file="litellm",
        advice="source",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"(?:Config file not found|No such file or directory):? "
        r"'?(?P<path>(?:/app/[\w./-]{1,60}|proxy_server_config)\.ya?ml)",
        file="litellm",
        advice="absent",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"permission denied: '|\.ya?ml'?: permission denied",
        file="litellm",
        advice="permission",
    ),
    rule(
        "likely",
        "OpenClaw",
        r"EACCES: permission denied, \w{1,12} "
        r"'(?P<path>/(?:home/node|sandbox)/\.openclaw[^']{0,120})",
        advice="owner",
    ),
    rule(
        "likely",
        "Docker",
        "is not shared from the host|invalid characters for a local volume|invalid volume spec",
        file="litellm",
        advice="path",
    ),
    rule(
        "likely",
        "Kubernetes",
        "failed to create subPath directory|configmap .{1,80} not found",
        by="litellm",
        advice="configmap",
    ),
    rule(
        "possible",
        "Docker",
        "mount a directory onto a file|Invalid value for '--(?:port|config)|extra argument"
        "|such option: --config|module '/app/",
        advice="unclear",
    ),
)

ADVICE = {
    "program": Advice(
        "Docker tried to start an option as a program: nothing before it names one. Either"
        " entrypoint is set in the Compose file (take it out: the image starts litellm itself),"
        " or the image is not LiteLLM's, or its options stand before its name in docker run. If"
        " you need an entrypoint of your own, begin the command with the program:",
        'command: ["litellm", "--config", "/app/config.yaml", "--port", "4000"]',
    ),
    "words": Advice(
        "The image starts litellm itself: the command is its options only, each word by itself."
        " Take the word litellm out, and write the command as a list if it is one long word:",
        'command: ["--config", "/app/config.yaml", "--port", "4000"]',
    ),
    "option": Advice(
        "LiteLLM's options have underscores, and an option and its value are two words. \"unknown"
        " flag\" comes from docker run, which takes what stands before the image's name for its"
        " own options: write LiteLLM's after it.",
        'command: ["--config", "/app/config.yaml", "--detailed_debug"]',
        run=(
            "docker run -p 127.0.0.1:4000:4000 -v ./litellm_config.yaml:/app/config.yaml:ro"
            " ghcr.io/berriai/litellm:v1.110.2 --config /app/config.yaml",
        ),
    ),
    "hidden": Advice(
        "A file of the image itself is not there or cannot be run. Where a volume or a ConfigMap is"
        " mounted at /app, it hides the program: mount the one file. Where entrypoint or command"
        " names docker/prod_entrypoint.sh or another file of the image, take it out: newer images"
        " have other files. Where you built the image on Windows, save *.sh with Unix line ends and"
        " build it again.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
    ),
    "folder": Advice(
        "On one side of the mount there is a folder. Most often the file was not there when the"
        " container started, and Docker made a folder of its name. Stop the container, remove the"
        " folder (rmdir refuses if something is in it), put the file there, and make the container"
        " anew:",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
        run=(
            "docker compose down",
            "rmdir litellm_config.yaml",
            "docker compose up -d --force-recreate",
        ),
    ),
    "source": Advice(
        "The file is not there on the machine where Docker runs. Correct the path (a relative one"
        " counts from the folder of the Compose file), or create the file; with a Docker host"
        " elsewhere it must be there.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
        run=("ls -l litellm_config.yaml",),
    ),
    "absent": Advice(
        "The container has no such file. Mount it, and give --config the path on the right of the"
        " mount, letter by letter (.yaml is not .yml):",
        "volumes:\n"
        "  - ./litellm_config.yaml:/app/config.yaml:ro\n"
        'command: ["--config", "/app/config.yaml", "--port", "4000"]',
        run=("docker compose exec litellm ls -l /app/config.yaml",),
    ),
    "permission": Advice(
        "The file is there, but the user in the container may not read it. Allow reading, also for"
        " the folders above it. If ls -Z shows an SELinux label (Fedora, RHEL), add z to the mount."
        " The file need not hold a key: refer to variables.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro,z",
        run=("chmod a+r litellm_config.yaml",),
    ),
    "owner": Advice(
        "OpenClaw's image runs as the user node (1000), and the mounted folder belongs to another"
        " one. Give it the folder on the machine, the one that is mounted at"
        " /home/node/.openclaw, and start the container again. With rootless Docker or Podman use"
        " podman unshare chown, on SELinux add :z to the mount.",
        run=("sudo chown -R 1000:1000 ~/.openclaw",),
    ),
    "path": Advice(
        "Docker does not take the left side of the mount as a file. Write ./ before a name in the"
        " current folder, an absolute path otherwise, and on a Mac or Windows share its folder"
        " under Docker Desktop > Settings > Resources > File sharing.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
    ),
    "configmap": Advice(
        "The ConfigMap with the config is missing, or its mount is no file of it. Create it in the"
        " namespace of the pod, under the name and the key that the Deployment mounts:",
        "volumeMounts:\n"
        "  - name: litellm-config\n"
        "    mountPath: /app/config.yaml\n"
        "    subPath: config.yaml",
        run=("kubectl create configmap litellm-config --from-file=config.yaml",),
    ),
    "unclear": Advice(
        '"Mount a directory onto a file": Docker made a folder because the file was not there;'
        ' remove the folder and put the file there. "Cannot find module /app/...": a volume is'
        " mounted at /app and hides the program; mount the one file or folder that it needs. A"
        " refused option or argument: write each word of the command by itself, without the"
        " program's name if the image starts it.",
        "volumes:\n"
        "  - ./litellm_config.yaml:/app/config.yaml:ro\n"
        'command: ["--config", "/app/config.yaml", "--port", "4000"]',
    ),
}
