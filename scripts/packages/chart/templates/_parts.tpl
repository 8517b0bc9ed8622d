{{- define "etl.name" -}}
{{- if contains "etl" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-etl" (.Release.Name | trunc 36 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "etl.selector" -}}
app.kubernetes.io/name: etl
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "etl.labels" -}}
{{ include "etl.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
{{- end }}

{{- /* A key of a ConfigMap has no slash: a readable part, and a digest that keeps paths apart. */ -}}
{{- define "etl.key" -}}
{{ regexReplaceAll "[^A-Za-z0-9.-]" . "_" | trunc 200 }}-{{ sha256sum . | trunc 8 }}
{{- end }}

{{- define "etl.claim" -}}
accessModes: [{{ .Values.volumes.accessMode }}]
{{- with .Values.volumes.storageClass }}
storageClassName: {{ . | quote }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.volumes.size }}
{{- end }}

{{- /* What pods of runners and of the console share. */ -}}
{{- define "etl.pod" -}}
automountServiceAccountToken: false
# Else Kubernetes adds variables that begin with the name of the release, ETL_.
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  # The modes of what PostgreSQL has written below stay as they are: it refuses others.
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "etl.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
env:
  - name: ETL_CONFIG
    value: {{ .Values.configuration.zookeeper | default "file:/etc/etl" | quote }}
  - name: ETL_HOME
    value: /var/lib/etl
  - name: ETL_LOG
    value: /var/lib/etl/log
  {{- range .Values.secrets.environment }}
  - name: {{ .name }}
    valueFrom:
      secretKeyRef:
        name: {{ .secret | quote }}
        key: {{ .key | quote }}
  {{- end }}
volumeMounts:
  - name: data
    mountPath: /var/lib/etl
  - name: tmp
    mountPath: /tmp
  {{- if not .Values.configuration.zookeeper }}
  - name: configuration
    mountPath: /etc/etl
    readOnly: true
  {{- end }}
  {{- range $number, $secret := .Values.secrets.files }}
  - name: secret-{{ $number }}
    mountPath: /etc/etl-secrets/{{ $secret.folder }}
    readOnly: true
  {{- end }}
{{- end }}

{{- define "etl.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if .Values.configuration.claim }}
- name: configuration
  persistentVolumeClaim:
    claimName: {{ .Values.configuration.claim | quote }}
    readOnly: true
{{- else if .Values.configuration.files }}
- name: configuration
  configMap:
    name: {{ include "etl.name" . }}
    items:
      {{- range $path, $text := .Values.configuration.files }}
      - key: {{ include "etl.key" $path | quote }}
        path: {{ $path | quote }}
      {{- end }}
{{- end }}
{{- range $number, $secret := .Values.secrets.files }}
- name: secret-{{ $number }}
  secret:
    secretName: {{ $secret.name | quote }}
    # Readable by the group of the pod, which is etl's own.
    defaultMode: 0440
{{- end }}
{{- end }}
