"""The error texts of DK103, and the advice for each."""

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
        unless="restructuring UI directory",
        advice="hidden",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"Is ?a ?directory|(?:is|as|←|into) an? (?:empty )?(?:directory|folder)\b",
        unless="mount a directory|os error",
        file="litellm",
        advice="folder",
    ),
    rule(
        "likely",
        "Docker",
        r"\bmounting '|\bmount\b.{0,200}not a directory|permission denied: '"
        r"|\.ya?ml'?: permission denied",
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
        "Docker tried to run an option as a program, because no program comes before it. Either"
        " the Compose file sets entrypoint (remove it, because the image starts litellm itself),"
        " or the image is not LiteLLM's, or the options come before the image's name in docker"
        " run. If you need your own entrypoint, start the command with the program:",
        'command: ["litellm", "--config", "/app/config.yaml", "--port", "4000"]',
    ),
    "words": Advice(
        "The image starts litellm itself, so the command contains only options. Remove the word"
        " litellm. If the command is one long string, write it as a list with one item for each"
        " word:",
        'command: ["--config", "/app/config.yaml", "--port", "4000"]',
    ),
    "option": Advice(
        "LiteLLM's options contain underscores, and an option and its value are separate words."
        ' "unknown flag" comes from docker run, which treats every option before the image\'s'
        " name as its own. Write LiteLLM's options after the image's name.",
        'command: ["--config", "/app/config.yaml", "--detailed_debug"]',
        run=(
            "docker run -p 127.0.0.1:4000:4000 -v ./litellm_config.yaml:/app/config.yaml:ro"
            " ghcr.io/berriai/litellm:v1.110.2 --config /app/config.yaml",
        ),
    ),
    "hidden": Advice(
        "A file of the image itself is missing or cannot run. If a volume or a ConfigMap is"
        " mounted at /app, it hides the program: mount only the config file. If entrypoint or"
        " command names docker/prod_entrypoint.sh or another file of the image, remove it,"
        " because newer images have other files. If you built the image on Windows, save *.sh"
        " with Unix line endings and rebuild it.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
    ),
    "folder": Advice(
        "One side of the mount is a folder. Usually the file did not exist when the container"
        " started, and Docker created an empty folder with that name. Stop the container, remove"
        " the folder (rmdir fails if it is not empty), put the file there, and recreate the"
        " container:",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
        run=(
            "docker compose down",
            "rmdir litellm_config.yaml",
            "docker compose up -d --force-recreate",
        ),
    ),
    "source": Advice(
        "The file does not exist on the machine where Docker runs. Correct the path, which is"
        " relative to the folder of the Compose file, or create the file. If Docker runs on"
        " another machine, the file must exist on that machine.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
        run=("ls -l litellm_config.yaml",),
    ),
    "absent": Advice(
        "The container does not have this file. Mount it, and give --config exactly the path on"
        " the right of the mount (.yaml is not .yml):",
        "volumes:\n"
        "  - ./litellm_config.yaml:/app/config.yaml:ro\n"
        'command: ["--config", "/app/config.yaml", "--port", "4000"]',
        run=("docker compose exec litellm ls -l /app/config.yaml",),
    ),
    "permission": Advice(
        "The file exists, but the user in the container may not read it. Make it and the folders"
        " above it readable. If ls -Z shows an SELinux label (Fedora, RHEL), add z to the mount."
        " Keep keys out of the file: refer to variables.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro,z",
        run=("chmod a+r litellm_config.yaml",),
        when=r"permission denied: '|\.ya?ml'?: permission denied",
    ),
    "owner": Advice(
        "OpenClaw's image runs as the user node (1000), and the mounted folder belongs to"
        " another user. Change the owner of the folder that is mounted at /home/node/.openclaw,"
        " and start the container again. With rootless Docker or Podman, use podman unshare"
        " chown. On SELinux, add :z to the mount.",
        run=("sudo chown -R 1000:1000 ~/.openclaw",),
    ),
    "path": Advice(
        "Docker does not treat the left side of the mount as a file. Write ./ before the name of"
        " a file in the current folder, or an absolute path. On macOS or Windows, share its"
        " folder in Docker Desktop > Settings > Resources > File sharing.",
        "volumes:\n  - ./litellm_config.yaml:/app/config.yaml:ro",
    ),
    "configmap": Advice(
        "The ConfigMap with the config is missing, or does not have the file that the pod"
        " mounts. Create it in the pod's namespace, with the name and the key that the"
        " Deployment mounts:",
        "volumeMounts:\n"
        "  - name: litellm-config\n"
        "    mountPath: /app/config.yaml\n"
        "    subPath: config.yaml",
        run=("kubectl create configmap litellm-config --from-file=config.yaml",),
    ),
    "unclear": Advice(
        'If the text says "mount a directory onto a file", Docker created a folder because the'
        ' file did not exist: remove the folder and put the file there. If it says "Cannot find'
        ' module /app/...", a volume at /app hides the program: mount only the file or folder'
        " that it needs. If the program rejects an option or argument, write each word of the"
        " command as a separate item, without the program's name if the image starts the"
        " program.",
        "volumes:\n"
        "  - ./litellm_config.yaml:/app/config.yaml:ro\n"
        'command: ["--config", "/app/config.yaml", "--port", "4000"]',
    ),
}
